package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// AWSOptions say with what a call is signed. With an access key it is that key;
// otherwise what AWS's default chain finds: environment, shared configuration
// with its profiles, roles and single sign-on, web identity, container and
// instance metadata.
type AWSOptions struct {
	Region  string
	Service string // the signing name, such as "bedrock"
	Profile string // of the shared configuration; empty means AWS_PROFILE or default

	AccessKeyID     string
	SecretAccessKey Secret
	SessionToken    Secret
}

// sigV4 signs with AWS Signature Version 4.
type sigV4 struct {
	options AWSOptions
	signer  *v4.Signer

	mu       sync.Mutex
	provider aws.CredentialsProvider // nil until the first call
	dropped  time.Time
}

// SigV4 returns a signer with AWS Signature Version 4.
func SigV4(o AWSOptions) cloud.Signer {
	return &sigV4{options: o, signer: v4.NewSigner()}
}

// Sign implements cloud.Signer. The signature covers the path exactly as the
// call has it, escaped once more as every service but S3 wants it, and the
// final bytes of the body; so a call is signed last.
func (s *sigV4) Sign(ctx context.Context, origin string, c *driver.Call) error {
	creds, err := s.credentials(ctx)
	if err != nil {
		return fmt.Errorf("sign a call with AWS credentials: %w", err)
	}
	u, err := url.Parse(origin + c.Path)
	if err != nil {
		return fmt.Errorf("sign a call to %s: %w", origin, err)
	}
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
		delete(c.Header, name) // of an earlier attempt
	}
	// The library signs only what it is shown: without a length, the header
	// that the transport adds stays outside the signature.
	r := &http.Request{Method: c.Method, URL: u, Host: u.Host, Header: c.Header}
	if err := s.signer.SignHTTP(ctx, creds, r.WithContext(ctx), bodyHash(c.Body), s.options.Service, s.options.Region, time.Now()); err != nil {
		return fmt.Errorf("sign a call to %s: %w", origin, err)
	}
	return nil
}

func bodyHash(body protocol.Segments) string {
	h := sha256.New()
	for _, part := range body {
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (s *sigV4) credentials(ctx context.Context) (aws.Credentials, error) {
	p, err := s.find(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	return p.Retrieve(ctx) // cached, and fetched once for all who wait
}

// find returns the provider of credentials, made when first asked for. Making
// it reads the environment and the shared configuration; the network is asked
// when credentials are retrieved.
func (s *sigV4) find(ctx context.Context) (aws.CredentialsProvider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider != nil {
		return s.provider, nil
	}
	if s.options.AccessKeyID != "" {
		s.provider = credentials.NewStaticCredentialsProvider(
			s.options.AccessKeyID, s.options.SecretAccessKey.Reveal(), s.options.SessionToken.Reveal())
		return s.provider, nil
	}
	load := []func(*config.LoadOptions) error{
		config.WithRegion(s.options.Region),
		config.WithCredentialsCacheOptions(func(o *aws.CredentialsCacheOptions) {
			o.ExpiryWindow, o.ExpiryWindowJitterFrac = 5*time.Minute, 0.5
		}),
	}
	if s.options.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(s.options.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	s.provider = cfg.Credentials
	return s.provider, nil
}

// Renew implements cloud.Signer. Credentials of the default chain are looked up
// anew, files included, but not more than twice a minute.
func (s *sigV4) Renew() bool {
	if s.options.AccessKeyID != "" {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := time.Since(s.dropped); age < renewPause {
		return age < renewEcho
	}
	s.provider, s.dropped = nil, time.Now()
	return true
}
