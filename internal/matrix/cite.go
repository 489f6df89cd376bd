package matrix

// answered is the end of the page: what of an answer has no form in the language of
// the client. A stream's header is sent before its answer is known, so this is said
// here and not in x-interline-losses.
const answered = `
## What answers cite

Citations are part of an answer. Where the client's language has no form for one, the text comes without it; no header says so, since the header of a stream goes out first.

| the answer cites | Chat Completions | Responses | Messages, InvokeModel | Converse | generateContent |
|---|---|---|---|---|---|
| a page, by its address | ` + "`url_citation`" + ` | ` + "`url_citation`" + ` | ` + "`web_search_result_location`" + ` | ` + "`web`" + ` | ` + "`web`" + ` |
| characters, pages or chunks of a document of the request | – | – | ` + "`char_location`, `page_location`, `content_block_location`" + ` | ` + "`documentChar`, `documentPage`, `documentChunk`" + ` | ` + "`retrievedContext`" + `: title and words, of places the page alone |
| an uploaded file, by its id | – | ` + "`file_citation`" + ` | – | the title alone | the title alone |
| a piece of a text | in characters of the message | in characters of the part | of the whole text block | of the whole text block | in bytes of the part |
`
