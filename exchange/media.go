package exchange

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// inlined returns the request's words for a language: what its clouds do not fetch
// themselves is fetched here and said by its bytes. Each address is fetched once
// for all attempts.
func (k *walk) inlined(ctx context.Context, lang protocol.Translator) (*interline.Request, []interline.Loss, *interline.Fault) {
	l, ok := lang.(protocol.Fetching)
	if !ok || k.x == nil || k.x.Fetch == nil {
		return k.words, nil, nil
	}
	in := inliner{k: k, ctx: ctx, lang: l}
	words := *k.words
	for i, t := range words.Turns {
		blocks := in.blocks(t.Blocks, fmt.Sprintf("messages[%d].content", i))
		if in.fault != nil {
			return nil, nil, in.fault
		}
		if in.changed {
			words.Turns = slices.Clone(words.Turns)
			words.Turns[i].Blocks, in.changed = blocks, false
		}
	}
	if in.losses == nil {
		return k.words, nil, nil
	}
	return &words, protocol.InWords(k.ask.In.Name(), k.words, in.losses), nil
}

// inliner goes through the blocks of a request.
type inliner struct {
	k       *walk
	ctx     context.Context
	lang    protocol.Fetching
	changed bool
	losses  []interline.Loss
	fault   *interline.Fault
}

// blocks returns the blocks as they are to be said: the same slice, unless one of
// them was fetched.
func (in *inliner) blocks(blocks []interline.Block, path string) []interline.Block {
	out := blocks
	replace := func(i int, b interline.Block) {
		if !in.changed {
			out, in.changed = slices.Clone(blocks), true
		}
		out[i] = b
	}
	for i, b := range blocks {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case in.fault != nil:
			return nil
		case b.Kind == interline.ToolResultBlock:
			inner := inliner{k: in.k, ctx: in.ctx, lang: in.lang}
			said := inner.blocks(b.Result.Blocks, at+".content")
			in.fault, in.losses = inner.fault, append(in.losses, inner.losses...)
			if inner.changed {
				r := *b.Result
				r.Blocks, b.Result = said, &r
				replace(i, b)
			}
		case b.Media != nil && web(b.Media.URL) && !in.lang.Fetches(b):
			m, fault := in.k.fetched(in.ctx, b.Media, b.Kind, at)
			if fault != nil {
				in.fault = fault
				return nil
			}
			in.losses = append(in.losses, loss.MediaFetched.At(at))
			b.Media = m
			replace(i, b)
		}
	}
	return out
}

func web(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// fetched is a medium with its bytes.
func (k *walk) fetched(ctx context.Context, m *interline.Media, kind interline.BlockKind, at string) (*interline.Media, *interline.Fault) {
	if have := k.media[m.URL]; have != nil {
		return have, nil
	}
	mime, data, err := k.x.Fetch(ctx, m.URL)
	if err == nil && kind == interline.Image && !strings.HasPrefix(mime, "image/") {
		err = fmt.Errorf("it is of type %s and no image", mime)
	}
	if err != nil {
		field := protocol.InWords(k.ask.In.Name(), k.words, []interline.Loss{{Field: at}})[0].Field
		return nil, &interline.Fault{
			Class: interline.C2Capability, Code: interline.CodeInvalid, Param: field, Err: err,
			Message: fmt.Sprintf("%s: the cloud does not fetch it, and the gateway could not: %v; send the bytes instead", field, err),
		}
	}
	out := *m
	out.URL, out.Type, out.Data = "", mime, base64.StdEncoding.EncodeToString(data)
	if k.media == nil {
		k.media = map[string]*interline.Media{}
	}
	k.media[m.URL] = &out
	return &out, nil
}
