package driver

import (
	"net/http"
	"testing"
	"time"

	"github.com/interline-ai/interline"
)

func TestRetryAfter(t *testing.T) {
	const date = "Tue, 24 Nov 2026 12:00:00 GMT"
	tests := []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"nothing", http.Header{}, 0},
		{"milliseconds first", http.Header{"Retry-After-Ms": {"1500.5"}, "Retry-After": {"30"}}, 1500500 * time.Microsecond},
		{"seconds", http.Header{"Retry-After": {"30"}}, 30 * time.Second},
		{"fraction", http.Header{"Retry-After": {"2.5"}}, 2500 * time.Millisecond},
		{"duration", http.Header{"Retry-After": {"6m0s"}}, 6 * time.Minute},
		{"date", http.Header{"Retry-After": {"Tue, 24 Nov 2026 12:00:20 GMT"}, "Date": {date}}, 20 * time.Second},
		{"date without Date", http.Header{"Retry-After": {"Tue, 24 Nov 2026 12:00:20 GMT"}}, 0},
		{"date passed", http.Header{"Retry-After": {"Tue, 24 Nov 2026 11:00:20 GMT"}, "Date": {date}}, 100 * time.Millisecond},
		{"too short", http.Header{"Retry-After": {"0"}}, 100 * time.Millisecond},
		{"too long", http.Header{"Retry-After": {"86400"}}, 15 * time.Minute},
		{"absurd", http.Header{"Retry-After": {"1e300"}}, 15 * time.Minute},
		{"infinite", http.Header{"Retry-After": {"+Inf"}}, 15 * time.Minute},
		{"not a number", http.Header{"Retry-After": {"NaN"}}, 0},
		{"nonsense", http.Header{"Retry-After": {"soon"}}, 0},
		{"longest reset", http.Header{"Reset-A": {"12ms"}, "Reset-B": {"7s"}}, 7 * time.Second},
		{"the limit that was reached", http.Header{"Reset-A": {"2s"}, "Remaining-A": {"0"}, "Reset-B": {"7s"}, "Remaining-B": {"90"}}, 2 * time.Second},
		{"none said to be reached", http.Header{"Reset-A": {"2s"}, "Remaining-A": {"1"}, "Reset-B": {"7s"}, "Remaining-B": {"90"}}, 7 * time.Second},
		{"RFC 3339", http.Header{"Reset-A": {"2026-11-24T12:01:00Z"}, "Date": {date}}, time.Minute},
		{"not positive", http.Header{"Reset-A": {"-1"}, "Reset-B": {"0"}}, 0},
	}
	for _, tt := range tests {
		if got := RetryAfter(tt.header, "Reset-A", "Reset-B"); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWaitingLeavesTheFaultAlone(t *testing.T) {
	h := http.Header{"Retry-After": {"3"}}
	for class, want := range map[interline.Class]time.Duration{
		interline.C0Client: 0, interline.C3Credential: 0, interline.C4Quota: 3 * time.Second, interline.C5Throttle: 3 * time.Second,
	} {
		f := &interline.Fault{Class: class}
		if got := Waiting(f, h).RetryAfter; got != want || f.RetryAfter != 0 {
			t.Errorf("%v: got %v, the given fault has %v", class, got, f.RetryAfter)
		}
	}
	h = http.Header{"Reset": {"3"}}
	if got := Waiting(&interline.Fault{Class: interline.C6Overload}, h, "Reset").RetryAfter; got != 0 {
		t.Errorf("a reset header made an overload wait %v", got)
	}
}

func TestSegment(t *testing.T) {
	for name, want := range map[string]string{
		"us.openai.gpt-oss-120b-1:0":                         "us.openai.gpt-oss-120b-1%3A0",
		"arn:aws:bedrock:us-east-1:1:inference-profile/us.x": "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.x",
		"a b?#%é~_": "a%20b%3F%23%25%C3%A9~_",
	} {
		if got, err := Segment(name); err != nil || got != want {
			t.Errorf("Segment(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"", ".", ".."} {
		if got, err := Segment(name); err == nil {
			t.Errorf("Segment(%q) = %q, and no error", name, got)
		}
	}
}

func TestPassCopies(t *testing.T) {
	from := http.Header{"Openai-Beta": {"a"}, "Cookie": {"c"}}
	to := http.Header{}
	Pass(to, from, "Openai-Beta", "Absent")
	to.Add("Openai-Beta", "b")
	to["Openai-Beta"][0] = "changed"
	if len(to) != 1 || from.Get("Openai-Beta") != "a" {
		t.Errorf("to %v, from %v", to, from)
	}
}
