package auth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	house "github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
)

// EntraOptions say who we are to Microsoft Entra ID. With a client secret it is
// an application; with a token file a workload whose federated token is in that
// file; with a client id alone a user-assigned managed identity; with nothing
// whatever azidentity's default chain finds (environment, workload identity,
// managed identity, the Azure CLI).
type EntraOptions struct {
	TenantID     string
	ClientID     string
	ClientSecret Secret
	TokenFile    string
	// Scope is what the token is for, such as
	// "https://cognitiveservices.azure.com/.default".
	Scope string
	// Authority is the token endpoint's host, such as
	// "https://login.microsoftonline.us"; empty means the public cloud's. One
	// that is given is trusted without asking Microsoft about it.
	Authority string
	// HTTP carries the token requests; nil means azidentity's own client.
	HTTP *http.Client
}

// entra sends Entra ID tokens.
type entra struct{ tokens *tokens }

// Entra returns a signer that sends Entra ID tokens. They are cached, replaced
// at 80 % of their life, and used until they end if Entra cannot be reached.
func Entra(o EntraOptions) house.Signer {
	return &entra{newTokens(entraFetcher(o))}
}

// entraFetcher makes a new credential for every token: azidentity caches by
// itself, and a token that was refused must not come back from there.
func entraFetcher(o EntraOptions) func(context.Context) (string, time.Time, error) {
	return func(ctx context.Context) (string, time.Time, error) {
		c, err := o.credential()
		if err != nil {
			return "", time.Time{}, fmt.Errorf("prepare the Entra ID credential: %w", err)
		}
		t, err := c.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{o.Scope}})
		if err != nil {
			return "", time.Time{}, fmt.Errorf("fetch an Entra ID token for %s: %w", o.Scope, err)
		}
		return t.Token, t.ExpiresOn, nil
	}
}

func (o EntraOptions) credential() (azcore.TokenCredential, error) {
	client := policy.ClientOptions{Retry: policy.RetryOptions{MaxRetries: 2, RetryDelay: 500 * time.Millisecond}}
	given := o.Authority != ""
	if given {
		client.Cloud = cloud.Configuration{ActiveDirectoryAuthorityHost: o.Authority}
	}
	if o.HTTP != nil {
		client.Transport = o.HTTP
	}
	switch {
	case !o.ClientSecret.IsZero():
		return azidentity.NewClientSecretCredential(o.TenantID, o.ClientID, o.ClientSecret.Reveal(),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: given})
	case o.TokenFile != "":
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
			ClientOptions: client, ClientID: o.ClientID, TenantID: o.TenantID, TokenFilePath: o.TokenFile, DisableInstanceDiscovery: given,
		})
	case o.ClientID != "":
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
			ClientOptions: client, ID: azidentity.ClientID(o.ClientID),
		})
	}
	return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
		ClientOptions: client, TenantID: o.TenantID, DisableInstanceDiscovery: given,
	})
}

// Sign implements cloud.Signer.
func (e *entra) Sign(ctx context.Context, _ string, c *driver.Call) error {
	value, err := e.tokens.get(ctx)
	if err != nil {
		return fmt.Errorf("sign a call with Entra ID: %w", err)
	}
	c.Header["Authorization"] = []string{"Bearer " + value}
	return nil
}

// Renew implements cloud.Signer.
func (e *entra) Renew() bool { return e.tokens.forget() }
