package runbook

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

func TestValidate(t *testing.T) {
	start := []document.Step{document.StartInstance("startInstance", "i-0b6084f5")}
	tag := Tag{Key: "Recovery", Value: "web"}
	for name, tc := range map[string]struct {
		props Props
		want  []string // nothing means valid
	}{
		"instances":             {Props{Steps: start, InstanceTag: tag}, nil},
		"no instances":          {Props{Name: "Failback-1.a_b"}, nil},
		"fails on a short name": {Props{Name: "ab"}, []string{`Name must have 3 to 128`}},
		"fails on a slash":      {Props{Name: "a/bc"}, []string{`got "a/bc"`}},
		"fails on AWS's names":  {Props{Name: "AWS-Mine"}, []string{"Name must not start with aws"}},
		"fails without a tag":   {Props{Steps: start}, []string{"InstanceTag must be set, because step startInstance"}},
		"fails on half a tag":   {Props{Steps: start, InstanceTag: Tag{Key: "a"}}, []string{"both a key and a value"}},
	} {
		t.Run(name, func(t *testing.T) { wantErrors(t, tc.props.validate(), tc.want) })
	}
}

func TestValidateScript(t *testing.T) {
	for name, tc := range map[string]struct {
		props ScriptProps
		want  []string
	}{
		"defaults":  {ScriptProps{}, nil},
		"all of it": {ScriptProps{Platform: Windows, MaxAttempts: 10, TimeoutSeconds: 172800}, nil},
		"fails on everything": {
			ScriptProps{
				Platform: "macOS", MaxAttempts: 11, TimeoutSeconds: -1, OutputPrefix: "x",
				Parameters: map[string]document.Parameter{"InstanceId": {}}, Environment: map[string]string{"RUNBOOK_INSTANCE_ID": "A"},
			},
			[]string{
				`Platform must be Linux or Windows, got "macOS"`, "MaxAttempts must be 1 to 10, got 11", "TimeoutSeconds must be 1 to 172800, got -1",
				`OutputPrefix "x" needs an OutputBucket`, "Parameters must not have InstanceId", "Environment must not have RUNBOOK_INSTANCE_ID",
			},
		},
	} {
		t.Run(name, func(t *testing.T) { wantErrors(t, tc.props.validate(), tc.want) })
	}
}

func TestDefaults(t *testing.T) {
	if p := (ScriptProps{}).withDefaults(); p.Platform != Linux || p.MaxAttempts != 3 || p.TimeoutSeconds != 3600 {
		t.Errorf("defaults are %+v", p)
	}
	if p := (ScriptProps{Platform: Windows, MaxAttempts: 1, TimeoutSeconds: 60}).withDefaults(); p.Platform != Windows || p.MaxAttempts != 1 || p.TimeoutSeconds != 60 {
		t.Errorf("what was set became %+v", p)
	}
}

// wantErrors checks that err is made of exactly the problems of want.
func wantErrors(t *testing.T, err error, want []string) {
	t.Helper()
	text := ""
	if err != nil {
		text = err.Error()
	}
	if got := len(strings.Split(text, "\n")); text != "" && got != len(want) || text == "" && len(want) > 0 {
		t.Errorf("want %d problems, got:\n%s", len(want), text)
	}
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("no problem says %q:\n%s", w, text)
		}
	}
}
