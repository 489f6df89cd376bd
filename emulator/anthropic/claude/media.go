package claude

import "bytes"

// ImageTokens is what a picture costs: width times height over 750, after
// scaling down to 1568 pixels on the longer side, and at most 1600 ("Vision",
// anthropic docs, 2026-11). A picture of unknown size costs the most.
func ImageTokens(width, height int) int {
	const longest, most = 1568, 1600
	if width <= 0 || height <= 0 {
		return most
	}
	if side := max(width, height); side > longest {
		width, height = width*longest/side, height*longest/side
	}
	return min(most, max(1, width*height/750))
}

// ImageType tells by the first bytes which of the four accepted kinds a picture
// is, as a media type, or "".
func ImageType(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return "image/gif"
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return "image/webp"
	}
	return ""
}

// PDFPages counts the page objects a PDF shows openly, at least one. Pages in
// compressed object streams are not seen: a count for billing by rule, not a
// reader.
func PDFPages(data []byte) int {
	n := bytes.Count(data, []byte("/Type /Page")) + bytes.Count(data, []byte("/Type/Page"))
	trees := bytes.Count(data, []byte("/Type /Pages")) + bytes.Count(data, []byte("/Type/Pages"))
	return max(1, n-trees)
}
