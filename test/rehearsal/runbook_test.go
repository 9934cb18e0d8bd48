package rehearsal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// runbooks are the commands of docs/operating.md, by the headings that they are under, and what is needed to run them.
type runbooks struct {
	t      *testing.T
	dir    string
	env    []string
	values map[string]string // what RUN, TOKEN and so on stand for
	books  []*runbook
}

// runbook is one of them. Its commands are run in their order; where there is a choice, the others are run another time.
type runbook struct {
	all      *runbooks
	title    string
	commands []string
	next     int
	done     map[int]bool
}

// readRunbooks reads the commands of a document: its indented lines.
func readRunbooks(t *testing.T, path string, e endpoints.AWS) *runbooks {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := &runbooks{t: t, dir: t.TempDir(), values: make(map[string]string)}
	all.env = append(awsEnvironment(e), "XDG_STATE_HOME="+t.TempDir(), "PATH="+filepath.Dir(command)+":"+os.Getenv("PATH"))
	for line := range strings.Lines(string(text)) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			all.books = append(all.books, &runbook{all: all, title: strings.TrimSpace(title), done: make(map[int]bool)})
		}
		if code, ok := strings.CutPrefix(line, "    "); ok && len(all.books) > 0 {
			last := all.books[len(all.books)-1]
			last.commands = append(last.commands, strings.TrimSpace(code))
		}
	}
	return all
}

// awsEnvironment is where AWS is, and the operator's credentials.
func awsEnvironment(e endpoints.AWS) []string {
	return append(os.Environ(), "AWS_ENDPOINT_URL="+e.Endpoint, "AWS_ACCESS_KEY_ID="+e.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+e.SecretAccessKey,
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
}

// open begins a runbook.
func (all *runbooks) open(title string) *runbook {
	all.t.Helper()
	i := slices.IndexFunc(all.books, func(b *runbook) bool { return b.title == title })
	if i < 0 {
		all.t.Fatalf("there is no runbook %q", title)
	}
	all.t.Logf("== %s", title)
	all.books[i].next = 0
	return all.books[i]
}

// wantDone fails for every command that was not run.
func (all *runbooks) wantDone() {
	all.t.Helper()
	for _, b := range all.books {
		for i, c := range b.commands {
			if !b.done[i] {
				all.t.Errorf("%s: nothing has run %s", b.title, c)
			}
		}
	}
}

// placeholder is a word that stands for something else.
var placeholder = regexp.MustCompile(`\b(RUN|TOKEN|ACCOUNT)\b`)

// ran is a command that has ended.
type ran struct {
	t        *testing.T
	line     string
	code     int
	out, err string
}

// run runs the runbook's next command that begins so, and answers its questions.
func (b *runbook) run(begins string, answers ...string) ran {
	b.all.t.Helper()
	for i := b.next; i < len(b.commands); i++ {
		if strings.HasPrefix(b.commands[i], begins+" ") || b.commands[i] == begins {
			b.next, b.done[i] = i+1, true
			return b.all.shell(b.commands[i], answers)
		}
	}
	b.all.t.Fatalf("%s has no command %q after its first %d: %q", b.title, begins, b.next, b.commands)
	return ran{}
}

// shell runs a line as an operator's shell does.
func (all *runbooks) shell(line string, answers []string) ran {
	all.t.Helper()
	line = placeholder.ReplaceAllStringFunc(line, func(name string) string {
		value, ok := all.values[name]
		if !ok {
			all.t.Fatalf("%s: what is %s?", line, name)
		}
		return value
	})
	cmd := exec.CommandContext(all.t.Context(), "sh", "-c", line)
	cmd.Dir, cmd.Env = all.dir, all.env
	stdin, err := cmd.StdinPipe()
	if err != nil {
		all.t.Fatal(err)
	}
	d := &dialogue{stdin: stdin, answers: answers}
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = d, &stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		all.t.Fatal(err)
	}
	all.t.Logf("%s $ %s\n%.3000s%s", time.Now().Format("05.0"), line, &d.text, &stderr)
	return ran{all.t, line, cmd.ProcessState.ExitCode(), d.text.String(), stderr.String()}
}

// What is asked at the end of what is printed.
const (
	askAgreement = " [y/N] "
	askRegion    = ", to go on: "
	askEnter     = "Press Enter to return. "
)

// dialogue is a command's output, and who answers what it asks: with the answer yes, with the name of a Region, and with Enter. Where the
// answer is missing, nobody is there.
type dialogue struct {
	stdin   io.WriteCloser
	answers []string
	text    bytes.Buffer
}

// Write takes output, and answers what it asks.
func (d *dialogue) Write(p []byte) (int, error) {
	d.text.Write(p)
	for ask, fits := range map[string]func(string) bool{
		askAgreement: func(a string) bool { return a == "y" },
		askRegion:    func(a string) bool { return strings.HasPrefix(a, "us-") },
		askEnter:     func(a string) bool { return a == "" },
	} {
		if !bytes.HasSuffix(d.text.Bytes(), []byte(ask)) {
			continue
		}
		i := slices.IndexFunc(d.answers, fits)
		if i < 0 {
			return len(p), d.stdin.Close()
		}
		d.text.WriteString(d.answers[i] + "\n")
		_, err := io.WriteString(d.stdin, d.answers[i]+"\n")
		return len(p), err
	}
	return len(p), nil
}

// want fails if a command has not ended as the runbook says.
func (r ran) want(code int, texts ...string) ran {
	r.t.Helper()
	if r.code != code {
		r.t.Fatalf("%s: exit code %d, not %d", r.line, r.code, code)
	}
	for _, text := range texts {
		if !strings.Contains(r.out+r.err, text) {
			r.t.Errorf("%s does not say %q", r.line, text)
		}
	}
	return r
}

// decode reads what a command has printed.
func (r ran) decode(into any) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.out), into); err != nil {
		r.t.Fatalf("%s: %v", r.line, err)
	}
}

// run is the name of the run that a command tells.
func (r ran) run() string {
	r.t.Helper()
	_, after, ok := strings.Cut(r.out, "Report: warmstandby report ")
	if !ok {
		r.t.Fatalf("%s names no run", r.line)
	}
	return strings.TrimRight(strings.Fields(after)[0], ",")
}
