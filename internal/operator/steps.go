package operator

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// stepTexts say what the steps do.
var stepTexts = map[failover.Step]string{
	failover.StepLease:   "take the lease, so that nobody else moves the application",
	failover.StepAssess:  "look once more, and decide",
	failover.StepFence:   "refuse writes at the edge, and see that they are refused",
	failover.StepDrain:   "wait until no request can be in flight",
	failover.StepPromote: "ask RDS for the promotion",
	failover.StepWriter:  "wait until the target writes",
	failover.StepReady:   "write through the target's own function and proxy",
	failover.StepShift:   "route to the target, and see it answer",
	failover.StepRelease: "accept writes again, and see them arrive",
	failover.StepDrop:    "drop the lease",
	failover.StepPutBack: "put everything back",
	failover.StepVerify:  "read and write once more",
}

// steps shows what is being done: on a terminal what goes on in place, with the time that it takes, and a line for everything that
// has ended; elsewhere lines only.
type steps struct {
	w       io.Writer
	inPlace bool
	now     func() time.Time

	mu    sync.Mutex
	going string // what goes on, empty if nothing does
	since time.Time
}

// showSteps shows steps on the operator's terminal until stop is called.
func (o *Operator) showSteps() (s *steps, stop func()) {
	s = &steps{w: o.text(), inPlace: o.Terminal && !o.JSON, now: o.Clock.Now}
	if !s.inPlace {
		return s, func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.mu.Lock()
				s.draw()
				s.mu.Unlock()
			case <-done:
				return
			}
		}
	}()
	return s, func() { close(done); <-ended; s.begin("") }
}

// taken shows a step of the engine.
func (s *steps) taken(t failover.StepTaken) {
	if t.End.IsZero() {
		s.begin(fmt.Sprintf("%-8s %s", t.Name, stepTexts[t.Name]))
		return
	}
	mark, text := "ok", t.Detail
	if t.Error != "" {
		mark, text = "FAILED", t.Error
	}
	s.end(fmt.Sprintf("%-8s %6s  %s  %s", t.Name, seconds(t.End.Sub(t.Start)), mark, oneLine(text)))
}

// begin shows what begins; nothing if it is empty.
func (s *steps) begin(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.going, s.since = text, s.now()
	if !s.inPlace && text != "" {
		fmt.Fprintf(s.w, "  … %s\n", text)
	}
	s.draw()
}

// end shows what has ended.
func (s *steps) end(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.going = ""
	fmt.Fprintf(s.w, "  %s\n", strings.TrimRight(text, " "))
}

// clearLine clears a terminal's line, lineWidth is how much of one is used: a line that wraps would stay.
const (
	clearLine = "\r\x1b[K"
	lineWidth = 78
)

func (s *steps) clear() {
	if s.inPlace && s.going != "" {
		fmt.Fprint(s.w, clearLine)
	}
}

func (s *steps) draw() {
	if !s.inPlace || s.going == "" {
		return
	}
	line := []rune(fmt.Sprintf("  %s %s", s.going, seconds(s.now().Sub(s.since))))
	fmt.Fprint(s.w, clearLine+string(line[:min(len(line), lineWidth)]))
}

// seconds is a time to a tenth of a second.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }

// oneLine is a text without its line breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
