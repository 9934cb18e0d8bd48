package eventbridge

import (
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Replay sends the events of an archive to its bus again, those with times from the replay's start to its end, in the order in
// which they were archived. They carry the replay's name. It returns before they are sent.
func (e *Engine) Replay(region, name string) {
	e.start(func() {
		var replay awssim.Replay
		var events []awssim.Event
		e.Cloud.Do(func(s *awssim.State) {
			r := s.Region(region)
			replay, _ = r.Replays.Get(name)
			for _, a := range r.Archives.All() {
				if a.ARN == replay.ArchiveARN {
					events = a.Events
				}
			}
			replay.Status = "RUNNING"
			r.Replays.Put(name, replay)
		})
		for _, event := range events {
			if e.ctx.Err() != nil {
				return
			}
			if event.Time.Before(replay.From) || !event.Time.Before(replay.To) {
				continue
			}
			event.Replay = name
			event.Ingested, replay.LastReplayed = e.Cloud.Now(), event.Time
			e.toRules(region, event, event.JSON(), replay.Rules)
		}
		e.Cloud.Do(func(s *awssim.State) {
			replay.Status, replay.Ended = "COMPLETED", s.Now()
			s.Region(region).Replays.Put(name, replay)
		})
	})
}
