package series

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/failover/report"
)

// reproduce is what a run needs to be played again.
func (s *Series) reproduce(name string, seed uint64) (report.Reproduce, error) {
	templates, err := hashes(s.Assembly)
	command := fmt.Sprintf("warmstandby rehearse --scenario %s --seed %d --database %s --rate %d --time-scale %g",
		name, seed, s.Database, s.Rate, s.TimeScale)
	command += aim("rto", s.Targets.RTOSeconds) + aim("rpo", s.Targets.RPOSeconds)
	if s.Move != nil {
		command += " --move '" + strings.ReplaceAll(s.Means, "'", `'\''`) + "'"
	}
	return report.Reproduce{
		Command: command,
		Version: version(), Seed: seed, Database: s.Database, TimeScale: s.TimeScale, Templates: templates,
	}, err
}

// aim is the flag of a target, if there is one.
func aim(name string, seconds *float64) string {
	if seconds == nil {
		return ""
	}
	return fmt.Sprintf(" --%s %s", name, time.Duration(*seconds*float64(time.Second)))
}

// hashes are the SHA-256 hashes of an assembly's templates, by stack.
func hashes(directory string) (map[string]string, error) {
	a, err := assembly.Read(directory)
	if err != nil {
		return nil, err
	}
	all := make(map[string]string, len(a.Stacks))
	for _, stack := range a.Stacks {
		text, err := os.ReadFile(filepath.Join(directory, stack.TemplateFile))
		if err != nil {
			return nil, fmt.Errorf("read the template of %s: %w", stack.Name, err)
		}
		sum := sha256.Sum256(text)
		all[stack.Name] = hex.EncodeToString(sum[:])
	}
	return all, nil
}

// version is the version of this program, with the commit where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	text := info.Main.Version
	if text == "" {
		text = "(devel)"
	}
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			text += " " + setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			text += " with changes"
		}
	}
	return text
}
