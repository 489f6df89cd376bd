// Command interline is a gateway for AI models on several clouds: one endpoint,
// any client SDK, any cloud.
//
// This package is wiring and talk: it builds the house from a configuration,
// opens the door, and says what it does. Each command has a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitFailed  = 1 // something did not work
	exitInvalid = 2 // the configuration or the command line is wrong
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs one command line and returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintf(errs, "interline: %v\n", err)
	var wrong invalid
	if errors.As(err, &wrong) {
		return exitInvalid
	}
	return exitFailed
}

// invalid marks an error of what was asked for, as against one of carrying it
// out.
type invalid struct{ error }

// Unwrap returns the error itself.
func (i invalid) Unwrap() error { return i.error }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "interline",
		Short: "One endpoint, any client SDK, any cloud",
		Long: `Interline is a gateway for AI models: applications keep the SDK they have and
change its address; requests go to OpenAI, Azure OpenAI, Amazon Bedrock,
Anthropic or any OpenAI-compatible server, and fail over between them.

Start here:   interline demo`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return invalid{fmt.Errorf("%w; `%s --help` lists the flags", err, c.CommandPath())}
	})
	root.AddCommand(
		newUp(), newDemo(), newEmulate(), newDrill(), newChat(), newConfig(), newRoutes(), newPrices(), newCatalog(), newVersion(),
	)
	return root
}

// say writes to a person. A terminal that is gone has nowhere to complain to.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}
