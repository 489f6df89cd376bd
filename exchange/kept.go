package exchange

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/unread"
)

// kept is how ids begin of what OpenAI, Azure and Anthropic keep and are asked for
// again, beyond the request that they were told to. What is only an item of one of
// these keeps its id.
var kept = []string{
	"file-", "file_", "assistant-", "batch_", "msgbatch_", "resp_", "conv_", "vs_", "vsfb_", "upload_", "cntr_", "cfile_",
	"video_", "asst_", "thread_", "ftjob-", "eval_", "skill_",
}

// keepers are the APIs whose ids say nothing of where they are kept, until they are
// sealed. Google's and Bedrock's are names of resources.
var keepers = []string{protocol.APIOpenAI, protocol.APIAnthropic}

// sealedID is a sealed id within a path or a query.
var sealedID = regexp.MustCompile(`(?:[0-9A-Za-z]{1,16}[_-])?il1_[0-9A-Za-z_-]+`)

// unsealed returns the request as the place knows it that keeps what the request
// refers to, and that place, by its path, its query or its body.
func (k *walk) unsealed(p *Passing) (*Passing, *binding, *interline.Fault) {
	b := &binding{seals: k.ask.Seals, key: k.ask.Key}
	if k.ask.Seals == nil || !slices.Contains(keepers, p.API) {
		return p, b, nil
	}
	out := *p
	var fault *interline.Fault
	open := func(sealed string) string {
		id, bad := b.open("path", sealed)
		if bad != nil {
			fault = bad
		}
		return url.PathEscape(id)
	}
	out.Before, out.After = sealedID.ReplaceAllStringFunc(p.Before, open), sealedID.ReplaceAllStringFunc(p.After, open)
	if fault != nil {
		fault.Code = interline.CodeNotFound
		return nil, nil, fault
	}
	refs, body, fault := b.body(k.ask.Opened.Body)
	if fault != nil {
		return nil, nil, fault
	}
	if len(refs) > 0 {
		opened, err := unread.Open(p.ContentType, body)
		if err != nil {
			return nil, nil, asFault(err, interline.C12Local, "the request cannot be read")
		}
		out.Body = opened
	}
	k.ids = b.told
	return &out, b, nil
}

// telling returns how the client is told the ids of a forwarded answer; nil leaves
// them as they are. What was uploaded is not the gateway's to change.
func (k *walk) telling(p *Passing, d *cloud.Deployment, kind string) *unread.IDs {
	path, _, _ := strings.Cut(p.Before+p.After, "?")
	read := strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "text/event-stream")
	if k.ask.Seals == nil || !slices.Contains(keepers, p.API) || !read || strings.HasSuffix(path, "/content") {
		return nil
	}
	return &unread.IDs{Tell: func(id string) string {
		if i := strings.Index(id, batches); i >= 0 {
			batch, rest, _ := strings.Cut(id[i+len(batches):], "/")
			return batches + k.ask.Seals.Seal(k.ask.Key, d.Place, batch) + "/" + rest
		}
		if !slices.ContainsFunc(kept, func(prefix string) bool { return strings.HasPrefix(id, prefix) }) {
			return id
		}
		return k.ask.Seals.Seal(k.ask.Key, d.Place, id)
	}}
}

// batches is where Anthropic keeps a batch's results, whose address it tells with its
// own host before it. Its SDKs for Python and TypeScript ask that address, with the
// caller's key of this gateway; told without the host it is one of this gateway's.
const batches = "/v1/messages/batches/"
