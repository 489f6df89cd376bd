package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// A test of your own program points it at the emulated cloud, orders a fault,
// and looks at the bill.
func Example() {
	run, err := emulator.Start(context.Background(), emulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer run.Close(context.Background())
	if _, err := run.Drills().Add(core.Drill{Target: "openai", Kind: core.Throttle, Count: 1}); err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		say(run.Place("openai"), "hello")
	}
	fmt.Println(len(run.Bill().Rows("openai")), "request to pay for")
	// Output:
	// 429 Too Many Requests
	// This is an emulated answer by openai for gpt-4.1; no model was asked. Your last line was: hello
	// 1 request to pay for
}

// say is your program.
func say(p emulator.Place, text string) {
	body := `{"model":"gpt-4.1","messages":[{"role":"user","content":"` + text + `"}]}`
	req, err := http.NewRequest(http.MethodPost, p.URL+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.Credentials["key"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var answer struct {
		Choices []struct {
			Message struct{ Content string }
		}
	}
	if resp.StatusCode != http.StatusOK {
		fmt.Println(resp.Status)
	} else if err := json.NewDecoder(resp.Body).Decode(&answer); err == nil {
		fmt.Println(answer.Choices[0].Message.Content)
	}
}
