package all

import (
	"fmt"
	"regexp"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud"
)

// awsAccount is who we are to a place on AWS, and in which region.
type awsAccount struct {
	Region          string      `json:"region" jsonschema:"AWS region, as in us-east-1."`
	APIKey          auth.Secret `json:"api_key,omitempty" jsonschema:"API key of the place, instead of AWS credentials. Without it and access_key_id, AWS's default credential chain is used."`
	AccessKeyID     string      `json:"access_key_id,omitempty" jsonschema:"AWS access key id; needs secret_access_key."`
	SecretAccessKey auth.Secret `json:"secret_access_key,omitempty" jsonschema:"AWS secret access key."`
	SessionToken    auth.Secret `json:"session_token,omitempty" jsonschema:"AWS session token of a temporary access key."`
	Profile         string      `json:"profile,omitempty" jsonschema:"Profile of the shared AWS configuration, for the default credential chain."`
}

// regionForm is what a region looks like, so that a typing error is not looked
// up in DNS.
var regionForm = regexp.MustCompile(`^[a-z]{2,5}(-[a-z]+)+-\d+$`)

func (s *awsAccount) check() (problems []Problem) {
	if !regionForm.MatchString(s.Region) {
		problems = one("region", fmt.Sprintf("%q is not the name of an AWS region", s.Region), "write one such as us-east-1")
	}
	switch hasKey := s.AccessKeyID != ""; {
	case !s.APIKey.IsZero() && (hasKey || s.Profile != ""):
		problems = append(problems, one("api_key", "there is another credential as well", "keep api_key, access_key_id or profile")...)
	case hasKey && s.Profile != "":
		problems = append(problems, one("profile", "there is an access_key_id as well", "keep one of them")...)
	case hasKey && s.SecretAccessKey.IsZero():
		problems = append(problems, one("access_key_id", "it has no secret_access_key beside it", "")...)
	case !hasKey && !s.SecretAccessKey.IsZero():
		problems = append(problems, one("secret_access_key", "it has no access_key_id beside it", "")...)
	case !hasKey && !s.SessionToken.IsZero():
		problems = append(problems, one("session_token", "it has no access_key_id beside it", "")...)
	}
	return problems
}

// signer signs for a service, or sends the key as the place takes it.
func (s *awsAccount) signer(service string, keyed cloud.Signer) cloud.Signer {
	if !s.APIKey.IsZero() {
		return keyed
	}
	return auth.SigV4(auth.AWSOptions{
		Region: s.Region, Service: service, Profile: s.Profile,
		AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey, SessionToken: s.SessionToken,
	})
}
