package sigv4

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Authorization is a parsed Authorization header of the form
//
//	AWS4-HMAC-SHA256 Credential=ID/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=hex
type Authorization struct {
	KeyID, Day, Region, Service string
	SignedHeaders               []string // lower case, sorted
	Signature                   string   // 64 hexadecimal digits
}

func (a Authorization) scope() string {
	return strings.Join([]string{a.Day, a.Region, a.Service, scopeEnd}, "/")
}

// ParseAuthorization reads an Authorization header. Its errors are the texts
// AWS answers with.
func ParseAuthorization(header string) (Authorization, error) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return Authorization{}, fmt.Errorf("Authorization header requires '%s' algorithm.", algorithm) //nolint:staticcheck // AWS's own wording
	}
	var a Authorization
	fields, err := parameters(rest)
	if err != nil {
		return Authorization{}, err
	}
	if err := a.setScope(fields["Credential"]); err != nil {
		return Authorization{}, err
	}
	a.SignedHeaders = strings.Split(fields["SignedHeaders"], ";")
	if err := checkSigned(a.SignedHeaders); err != nil {
		return Authorization{}, err
	}
	a.Signature = fields["Signature"]
	if len(a.Signature) != 64 || strings.Trim(a.Signature, "0123456789abcdef") != "" {
		return Authorization{}, errors.New("Signature must be 64 lower-case hexadecimal digits.") //nolint:staticcheck // a sentence, as AWS's texts are
	}
	return a, nil
}

// parameters splits "a=b, c=d" and insists on the three that must be there.
func parameters(s string) (map[string]string, error) {
	fields := make(map[string]string, 3)
	for part := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := fields[name]; !ok || twice {
			return nil, fmt.Errorf("'%s' not a valid key=value pair (missing equal-sign) in Authorization header: '%s'.", part, s) //nolint:staticcheck // AWS's own wording
		}
		fields[name] = value
	}
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if fields[name] == "" {
			return nil, fmt.Errorf("Authorization header requires '%s' parameter. Authorization=%s", name, algorithm)
		}
	}
	return fields, nil
}

func (a *Authorization) setScope(credential string) error {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || slices.Contains(parts, "") || parts[4] != scopeEnd {
		return fmt.Errorf("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'", credential) //nolint:staticcheck // AWS's own wording
	}
	a.KeyID, a.Day, a.Region, a.Service = parts[0], parts[1], parts[2], parts[3]
	return nil
}

func checkSigned(names []string) error {
	for i, name := range names {
		if name == "" || name != strings.ToLower(name) || (i > 0 && names[i-1] >= name) {
			return fmt.Errorf("SignedHeaders must be lower-case, sorted and without repetition, got '%s'.", strings.Join(names, ";")) //nolint:staticcheck // a sentence, as AWS's texts are
		}
	}
	return nil
}
