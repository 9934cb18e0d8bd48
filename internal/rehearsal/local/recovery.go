package local

import (
	"os"
	"path/filepath"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/automation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

// startEngines starts what delivers events, and what runs automations on simulated instances. The instances have their directories
// among the rehearsal's temporary files.
func (s *system) startEngines() error {
	s.instances = filepath.Join(s.dir, "instances")
	if err := os.Mkdir(s.instances, 0o700); err != nil {
		return err
	}
	events := eventbridge.New(eventbridge.Options{Cloud: s.cloud, Caller: s.aws, Seed: s.options.Seed})
	automations := automation.New(automation.Options{Cloud: s.cloud, Caller: s.aws, Shell: sandbox.NewMachines(s.instances)})
	s.closers = append(s.closers, func() error {
		s.cloud.SetRunners(awssim.Runners{})
		automations.Close()
		events.Close()
		return nil
	})
	s.cloud.SetRunners(awssim.Runners{
		Deliver: s.deliver(events.Deliver), Replay: events.Replay, Automate: automations.Automate, Command: automations.Command,
	})
	return nil
}
