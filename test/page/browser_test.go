package page

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
)

// patience bounds how long all tests may take.
const patience = 3 * time.Minute

// browser is Chromium. Each call of open has a tab of its own in it.
var browser context.Context

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run runs the tests with a browser.
func run(m *testing.M) int {
	path, err := executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	options := append(
		chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.NoSandbox, // the pages are our own, and root has no sandbox
		chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ctx, cancelBrowser := chromedp.NewExecAllocator(ctx, options...)
	defer cancelBrowser()
	ctx, cancelTab := chromedp.NewContext(ctx)
	defer cancelTab()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		fmt.Fprintf(os.Stderr, "%s does not start: %v\n", path, err)
		return 1
	}
	browser = ctx
	return m.Run()
}

// executable is the browser's.
func executable() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("none of %s is on PATH, and a report's page is tested in a browser; install Chromium (apt-get install chromium)", strings.Join(names, ", "))
}

// how says how a page is opened.
type how struct {
	scheme string // prefers-color-scheme
	media  string // such as "print"; empty for the screen
	width  int64
}

// tab is an opened page.
type tab struct {
	*testing.T
	ctx      context.Context
	messages func(func(chromedp.ConsoleMessage, error) bool)
}

// open opens a report's page, which is a file, with what the tests ask it. When the test ends, the page must not have complained.
func open(t *testing.T, r report.Report, h how) tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, r.HTML(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser) // not the test's, which ends before its cleanups
	t.Cleanup(cancel)
	b := tab{T: t, ctx: ctx, messages: chromedp.Console(ctx)}
	media := emulation.SetEmulatedMediaParams{Media: h.media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: h.scheme}}}
	b.do(
		chromedp.EmulateViewport(h.width, 900),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, media)
			return err
		}),
		chromedp.Navigate("file://"+file),
		chromedp.Evaluate[chromedp.Void](checks),
	)
	t.Cleanup(b.silent)
	return b
}

func (b tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// silent fails the test if the page wrote anything to the console.
func (b tab) silent() {
	const end = "the test has ended"
	b.do(chromedp.Evaluate[chromedp.Void](`console.log("` + end + `")`))
	for m, err := range b.messages {
		if err != nil {
			b.Fatal(err)
		}
		if m.Text == end {
			return
		}
		b.Errorf("console: %s %s", m.Type, m.Text)
	}
}

// ask evaluates an expression in the page.
func ask[T any](b tab, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// none fails the test for each thing that an expression finds.
func (b tab) none(expression, wrong string) {
	b.Helper()
	for _, found := range ask[[]string](b, expression) {
		b.Errorf("%s: %s", wrong, found)
	}
}

// rehearsal is a report of a rehearsal that is a minute and a quarter long.
func rehearsal() report.Report { return reporttest.RegionLoss(75*time.Second, 7) }
