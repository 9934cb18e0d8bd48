package operator

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Consent is what the operator has agreed to beforehand.
type Consent struct {
	// Yes answers every question that losing no data depends on.
	Yes bool

	// Confirm is the name of a Region, which what loses data wants beside Yes.
	Confirm string
}

// check says what a script forgot, before anything is looked at.
func (c Consent) check(losing bool, region string) error {
	switch {
	case c.Confirm != "" && c.Confirm != region:
		return usage("--confirm must be the Region %s, got %q", region, c.Confirm)
	case losing && c.Yes && c.Confirm == "":
		return usage("--yes is not enough for what can lose data: add --confirm %s", region)
	}
	return nil
}

// agree asks whether to go on.
func (o *Operator) agree(ctx context.Context, c Consent, question string) error {
	if c.Yes {
		return nil
	}
	answer, err := o.ask(ctx, question+" [y/N] ")
	if err != nil {
		return err
	}
	if answer = strings.ToLower(answer); answer != "y" && answer != "yes" {
		return errDeclined
	}
	return nil
}

// agreeToLoss asks for a Region's name.
func (o *Operator) agreeToLoss(ctx context.Context, c Consent, region string) error {
	if c.Yes && c.Confirm == region {
		return nil
	}
	answer, err := o.ask(ctx, fmt.Sprintf("Type the name of the Region, %s, to go on: ", region))
	if err != nil {
		return err
	}
	if answer != region {
		return &Error{Declined, fmt.Errorf("got %q, not %s; nothing more is done", answer, region)}
	}
	return nil
}

// ask asks a question and reads a line. Without an answer nothing is agreed to.
func (o *Operator) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(o.text(), question)
	if o.lines == nil {
		o.lines = &lines{bufio.NewReader(o.In)}
	}
	answer, err := o.lines.read(ctx)
	switch {
	case ctx.Err() != nil:
		o.say("")
		return "", &Error{Interrupted, errors.New("interrupted before it began")}
	case errors.Is(err, io.EOF):
		o.say("")
		return "", &Error{Declined, errors.New("there is nobody to answer; pass --yes")}
	case err != nil:
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return answer, nil
}

// lines reads lines, and stops waiting for one when it is not wanted any more.
type lines struct{ r *bufio.Reader }

// read reads a line. One that nobody waits for any more is lost: the command ends then.
func (l *lines) read(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := l.r.ReadString('\n')
		if text != "" {
			err = nil
		}
		got <- line{strings.TrimSpace(text), err}
	}()
	select {
	case line := <-got:
		return line.text, line.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
