package acceptance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// refused asks what must be refused with one of some statuses, and billed to
// nobody.
func (t *Trial) refused(q Question, statuses ...int) error {
	t.Bill.Clear()
	a, err := t.ask(q)
	if status := statusOf(err); !slices.Contains(statuses, status) {
		return fmt.Errorf("status %d, %v, answer %+v; want status %v", status, err, a, statuses)
	}
	if rows := t.Bill.Rows(""); len(rows) > 0 {
		return fmt.Errorf("a refusal was billed: %+v", rows)
	}
	return nil
}

func badRequest(t *Trial) error {
	q := t.question("")
	q.Turns = nil
	return t.refused(q, 400)
}

func unknownModel(t *Trial) error {
	q := t.question("hello")
	q.Model = "no-such-model"
	return t.refused(q, 400, 404)
}

func wrongCredential(t *Trial) error {
	t.Door.Credential = t.Door.Credential.Wrong()
	return t.refused(t.question("hello"), 401, 403)
}

func throttled(t *Trial) error {
	// Longer than any gateway should wait before it tells.
	if err := t.drill(core.Drill{Kind: core.Throttle, Delay: core.Span(30 * time.Second)}); err != nil {
		return err
	}
	return t.refused(t.question("hello"), 429)
}

// overloaded accepts what the clouds say to it: 503, and Anthropic's 529.
func overloaded(t *Trial) error {
	if err := t.drill(core.Drill{Kind: core.Overload}); err != nil {
		return err
	}
	return t.refused(t.question("hello"), 503, 529)
}

// broken breaks an answer and insists that the client is told. What was heard
// before must be a beginning of the whole answer.
func (t *Trial) broken(kind core.Kind) error {
	q := t.question("Please write 100 words.")
	whole, err := t.hear(q)
	if err != nil {
		return err
	}
	if err := t.drill(core.Drill{Kind: kind, After: 12}); err != nil {
		return err
	}
	t.Bill.Clear()
	a, err := t.ask(q)
	switch {
	case err == nil:
		return fmt.Errorf("no error, and the answer %+v", a)
	case !strings.HasPrefix(whole.Text, a.Text) || a.Text == whole.Text:
		return fmt.Errorf("heard %q of %q", a.Text, whole.Text)
	case q.Stream && a.Text == "":
		return fmt.Errorf("nothing of the answer came before: %w", err)
	}
	return nil
}

// cut resets the connection in the middle of the answer.
func cut(t *Trial) error { return t.broken(core.Cut) }

// endedEarly ends the connection politely in the middle of the answer.
func endedEarly(t *Trial) error { return t.broken(core.EOF) }

// errorWithin sends the cloud's own error in the middle of the answer.
func errorWithin(t *Trial) error { return t.broken(core.InStream) }

// garbled damages the answer in its middle. Who cannot read it leaves, and the
// place may see that, and bill it, later than the client has its error.
func garbled(t *Trial) error {
	if err := t.broken(core.Corrupt); err != nil {
		return err
	}
	for len(t.Bill.Rows(t.Place)) == 0 {
		select {
		case <-t.ctx.Done():
			return errors.New("the broken answer was not billed")
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// filtered lets the cloud's own filter cut the answer, which must never look as
// if it had ended by itself.
func filtered(t *Trial) error {
	if err := t.drill(core.Drill{Kind: core.ContentFilter, After: 4}); err != nil {
		return err
	}
	a, err := t.hear(t.question(greeting))
	if err == nil && a.Stop != StopFiltered {
		err = fmt.Errorf("answer %+v, want one that was filtered", a)
	}
	return err
}
