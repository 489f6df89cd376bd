package vertex

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
)

// What stands in the credential files for what is known only once the place
// runs: the address of its authority, and the file that the caller keeps the
// subject token in.
const (
	AnyAuthority = "https://authority.invalid"
	AnyTokenFile = "/path/to/subject_token"
)

// Credentials are what callers may come with:
//
//	project, location   what paths must name
//	api_key             for paths without a project
//	access_token        issued at start, valid for as long as any token
//	service_account     a credential file, on one line
//	external_account    a credential file for workload identity federation
//	impersonation       the same, traded on for the service account's token
//	subject_token       what the file of the latter two must hold
//
// The files name [AnyAuthority] and [AnyTokenFile], to be replaced by the
// authority's address and a file's name; [File] does so.
func (p *place) Credentials() map[string]string {
	token, _ := p.mint.issue(p.account.email, p.mint.life)
	c := map[string]string{
		"project": p.Project, "location": p.Location, "api_key": p.Key, "access_token": token, "subject_token": p.SubjectToken,
		"external_account": document(p.externalAccount(false)), "impersonation": document(p.externalAccount(true)),
	}
	if file := p.serviceAccount(); file != nil {
		c["service_account"] = document(file)
	}
	return c
}

func document(file map[string]any) string {
	text, _ := json.Marshal(file) // strings always encode
	return string(text)
}

// serviceAccount is nil when there is no key, in which case no assertion would
// be accepted either.
func (p *place) serviceAccount() map[string]any {
	key, err := p.account.Key()
	if err != nil {
		return nil
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil
	}
	return map[string]any{
		"type": "service_account", "project_id": p.Project, "private_key_id": p.account.KeyID,
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": p.account.email, "client_id": "000000000000000000000",
		"auth_uri": AnyAuthority + "/auth", "token_uri": AnyAuthority + "/token", "universe_domain": "googleapis.com",
	}
}

func (p *place) externalAccount(impersonate bool) map[string]any {
	file := map[string]any{
		"type": "external_account", "audience": p.audience(), "subject_token_type": typeJWT, "token_url": AnyAuthority + "/v1/token",
		"credential_source": map[string]string{"file": AnyTokenFile}, "universe_domain": "googleapis.com",
	}
	if impersonate {
		file["service_account_impersonation_url"] = AnyAuthority + "/v1/projects/-/serviceAccounts/" + p.account.email + ":generateAccessToken"
	}
	return file
}

// audience names the provider of workload identity federation.
func (p *place) audience() string {
	return "//iam.googleapis.com/projects/000000000000/locations/global/workloadIdentityPools/emulated/providers/emulated"
}

// File makes a credential file that a Google client library reads. The kind is
// service_account, external_account or impersonation, the credentials and the
// authority are those of a running place, and tokenFile is the name of a file
// that the caller has written the credential subject_token to; a service account
// needs none.
func File(kind string, credentials map[string]string, authority, tokenFile string) ([]byte, error) {
	text := credentials[kind]
	if text == "" {
		return nil, fmt.Errorf("make credential file: the credentials have no %s", kind)
	}
	name, err := json.Marshal(tokenFile)
	if err != nil {
		return nil, fmt.Errorf("make credential file: %w", err)
	}
	text = strings.ReplaceAll(text, AnyAuthority, strings.TrimSuffix(authority, "/"))
	return []byte(strings.ReplaceAll(text, `"`+AnyTokenFile+`"`, string(name))), nil
}
