package eventbridge

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// rate is what the schedules look like that can be run (EventBridge user guide, "Setting a schedule pattern for scheduled rules"). That
// of cron says when on the clock something is to be done, which has no meaning where everything is faster but the clock.
var rate = regexp.MustCompile(`^rate\((1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days))\)$`)

// units are those of rates, without the plural.
var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// period is how much time a schedule leaves between two events, in AWS.
func period(schedule string) (time.Duration, error) {
	found := rate.FindStringSubmatch(schedule)
	if found == nil {
		return 0, fmt.Errorf("schedule %s is not simulated: it must be a rate, such as rate(1 minute) or rate(5 minutes)", schedule)
	}
	number, unit, _ := strings.Cut(found[1], " ")
	n, err := strconv.Atoi(number)
	return time.Duration(n) * units[strings.TrimSuffix(unit, "s")], err
}

// CheckSchedule says why a schedule cannot be run.
func CheckSchedule(schedule string) error {
	_, err := period(schedule)
	return err
}

// leastPeriod is the least time between two events of a schedule: what is done each minute, to be seen by people and by alarms, need
// not be done each second because promotions are faster.
const leastPeriod = 5 * time.Second

// RunSchedules gives each rule with a schedule that is there an event whenever it is time, from one period on, until the engine is
// closed. Nothing is done in a Region that is cut off, nor later in place of it.
func (e *Engine) RunSchedules() error {
	rules := map[string][]awssim.EventRule{} // by Region
	e.Cloud.Do(func(s *awssim.State) {
		for _, r := range s.Regions() {
			rules[r.Name()] = r.RulesOf(awssim.DefaultBus) // schedules are for that one only (API reference, PutRule)
		}
	})
	for region, all := range rules {
		for _, rule := range all {
			if rule.Schedule == "" {
				continue
			}
			every, err := period(rule.Schedule)
			if err != nil {
				return fmt.Errorf("rule %s in %s: %w", rule.Name, region, err)
			}
			e.start(func() { e.runSchedule(region, rule.Key(), every) })
		}
	}
	return nil
}

// runSchedule gives a rule its events.
func (e *Engine) runSchedule(region, key string, every time.Duration) {
	e.Cloud.Do(func(s *awssim.State) { every = max(s.Lasts(every), leastPeriod) })
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.fire(region, key)
		case <-e.ctx.Done():
			return
		}
	}
}

// fire gives a rule an event, which no other rule sees (EventBridge user guide, "Creating a scheduled rule").
func (e *Engine) fire(region, key string) {
	var rule awssim.EventRule
	var event awssim.Event
	runs := false
	e.Cloud.Do(func(s *awssim.State) {
		r := s.Region(region)
		rule, runs = r.EventRules.Get(key)
		runs = runs && !rule.Disabled && s.Reachable(region)
		if runs {
			event = r.TakeEvent(awssim.Event{
				Bus: rule.Bus, Source: "aws.events", DetailType: "Scheduled Event", Resources: []string{rule.ARN}, Detail: json.RawMessage("{}"),
			})
		}
	})
	if runs {
		e.trigger(region, rule, event)
	}
}

// trigger takes an event to the targets of a rule.
func (e *Engine) trigger(region string, rule awssim.EventRule, event awssim.Event) {
	e.count(region, rule, "TriggeredRules")
	for _, target := range rule.Targets {
		d := &delivery{Engine: e, region: region, rule: rule, target: target, event: event}
		e.start(d.run)
	}
}
