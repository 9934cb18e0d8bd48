package simulation

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/recovery/recoverytest"
)

// Where the stack is, and what its runbooks may act on.
const (
	region = "us-east-2"

	tagKey, tagValue = "Recovery", "ToDoMgmt"
)

// goldenAccount is the account in templates that are kept as golden files.
const goldenAccount = "123456789012"

// Stack is a recovery stack that histories can be played on.
type Stack struct{ assembly *assembly.Assembly }

// Read reads the stack's template from a file. It must have the rules of stacks.Recovery, with a record for
// [recoverytest.Application].
func Read(file string) (Stack, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Stack{}, err
	}
	return New(filepath.Dir(file), filepath.Base(file), string(text))
}

// New is the stack of a template whose file is in a directory.
func New(dir, file, text string) (Stack, error) {
	text = strings.ReplaceAll(text, goldenAccount, recoverytest.Account)
	template, err := assembly.ParseTemplate([]byte(text))
	if err != nil {
		return Stack{}, fmt.Errorf("read %s: %w", file, err)
	}
	a, err := assembly.New(&assembly.Stack{
		ID: "recovery", DisplayName: "recovery", Name: "recovery", Account: recoverytest.Account, Region: region,
		Template: template, TemplateFile: file,
		Assets: []assembly.Asset{{ID: "code", Path: "asset.code", ObjectKeys: []string{"ASSET.zip"}}},
	})
	if err != nil {
		return Stack{}, err
	}
	a.Dir = dir
	return Stack{a}, nil
}

// Run plays a history, and says what came of it. It must be called in a bubble of testing/synctest. change, if there is one, may
// replace parts: for mutants, and for a shell that is a real one. An error means that the stack could not be set up.
func (s Stack) Run(ctx context.Context, history recoverytest.Sequence, change func(*Wiring)) (*Report, error) {
	w, err := newWorld(ctx, s, history, change)
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.play(ctx)
	w.check()
	return w.report, nil
}
