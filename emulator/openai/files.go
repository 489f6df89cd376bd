package openai

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// purposes are what a file may be for (openai docs, "Upload file", 2026-11).
var purposes = []string{"assistants", "batch", "fine-tune", "vision", "user_data", "evals"}

// most of one form, in bytes. OpenAI takes more; an emulator keeps it in memory.
const mostForm = 64 << 20

// file is an uploaded file as its object says it.
type file struct {
	ID        string `json:"id"`
	Object    string `json:"object"`
	Bytes     int    `json:"bytes"`
	CreatedAt int64  `json:"created_at"`
	Filename  string `json:"filename"`
	Purpose   string `json:"purpose"`
	Status    string `json:"status"`

	content []byte
}

// drawer keeps a place's files.
type drawer struct {
	mu    sync.Mutex
	files []file
}

// files serves what lies under /v1/files; rest is the path after it.
func (p *place) files(x *core.Exchange, r *http.Request, rest string) *chat.Error {
	id, content := strings.CutSuffix(rest, "/content")
	switch {
	case rest == "" && r.Method == http.MethodPost:
		return p.upload(x, r)
	case rest == "" && r.Method == http.MethodGet:
		p.drawer.mu.Lock()
		all := slices.Clone(p.drawer.files)
		p.drawer.mu.Unlock()
		slices.Reverse(all) // newest first
		if all == nil {
			all = []file{}
		}
		return answer(x, map[string]any{"object": "list", "data": all, "has_more": false})
	case rest == "":
		return chat.WrongMethod(http.MethodGet, http.MethodPost)
	case strings.Contains(id, "/"):
		return chat.Unroutable(r)
	case content && r.Method == http.MethodGet:
		return p.download(x, id)
	case !content && r.Method == http.MethodGet, !content && r.Method == http.MethodDelete:
		return p.keep(x, id, r.Method == http.MethodDelete)
	}
	return chat.WrongMethod(http.MethodGet, http.MethodDelete)
}

func (p *place) upload(x *core.Exchange, r *http.Request) *chat.Error {
	name, content, e := formFile(r)
	if e != nil {
		return e
	}
	f := file{
		ID: "file-" + x.ID[:24], Object: "file", Bytes: len(content), CreatedAt: time.Now().Unix(), Filename: name,
		Purpose: r.PostFormValue("purpose"), Status: "processed", content: content,
	}
	if f.Purpose == "" {
		return chat.Invalid("", "", "Missing required parameter: 'purpose'.")
	}
	if !slices.Contains(purposes, f.Purpose) {
		return chat.Invalid("purpose", "", "'%s' is not one of ['%s'] - 'purpose'", f.Purpose, strings.Join(purposes, "', '"))
	}
	p.drawer.mu.Lock()
	p.drawer.files = append(p.drawer.files, f)
	p.drawer.mu.Unlock()
	return answer(x, f)
}

// find looks for a file and takes it away if asked to.
func (d *drawer) find(id string, remove bool) (file, *chat.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.files, func(f file) bool { return f.ID == id })
	if i < 0 {
		e := chat.Invalid("id", "", "No such File object: %s", id)
		e.Status = http.StatusNotFound
		return file{}, e
	}
	f := d.files[i]
	if remove {
		d.files = slices.Delete(d.files, i, i+1)
	}
	return f, nil
}

// content is what a file holds.
func (d *drawer) content(id string) ([]byte, bool) {
	f, e := d.find(id, false)
	return f.content, e == nil
}

func (p *place) keep(x *core.Exchange, id string, remove bool) *chat.Error {
	f, e := p.drawer.find(id, remove)
	switch {
	case e != nil:
		return e
	case remove:
		return answer(x, map[string]any{"id": id, "object": "file", "deleted": true})
	}
	return answer(x, f)
}

func (p *place) download(x *core.Exchange, id string) *chat.Error {
	f, e := p.drawer.find(id, false)
	if e != nil {
		return e
	}
	x.Header().Set("Content-Disposition", `attachment; filename="`+strings.ReplaceAll(f.Filename, `"`, "")+`"`)
	if err := x.Respond(http.StatusOK, "application/octet-stream", f.content, 0); errors.Is(err, core.ErrInStream) {
		return chat.Failed()
	}
	return nil
}

// formFile reads a form and the file in it.
func formFile(r *http.Request) (name string, content []byte, e *chat.Error) {
	r.Body = http.MaxBytesReader(nil, r.Body, mostForm)
	if err := r.ParseMultipartForm(mostForm); err != nil {
		return "", nil, chat.Invalid("", "", "Could not parse multipart form")
	}
	part, head, err := r.FormFile("file")
	if err != nil {
		return "", nil, chat.Invalid("", "", "Missing required parameter: 'file'.")
	}
	defer func() { _ = part.Close() }()
	if content, err = io.ReadAll(part); err != nil {
		return "", nil, chat.Invalid("", "", "Could not parse multipart form")
	}
	return head.Filename, content, nil
}
