package scenario

import "context"

// Scenario is something that can happen.
type Scenario struct {
	// Name names it on the command line.
	Name string

	// About says in a sentence what happens.
	About string

	// Must says in a sentence what must hold.
	Must string

	// Open says that a [Mover] can take the place of the pipelines: the scenario is a single move, of which nothing is expected but
	// what clients see.
	Open bool

	play func(context.Context, *play) error
}

// All are the scenarios, in the order in which they are worth playing.
func All() []Scenario {
	return []Scenario{
		{
			Name:  "switchover",
			About: "The pipeline of the secondary Region makes it the active one, as planned.",
			Must:  "No acknowledged write is lost or there twice, and reads are answered all the time.",
			Open:  true,
			play:  playSwitchover,
		},
		{
			Name:  "drill",
			About: "A drill goes to the secondary Region and comes home again.",
			Must:  "No acknowledged write is lost or there twice, and reads are answered all the time.",
			play:  playDrill,
		},
		{
			Name:  "region-loss",
			About: "The active Region is lost at once while the other one lags, whose pipeline fails over.",
			Must:  "Reads go on by themselves, only what the standby had not received is lost, the report bounds that, and nothing needs the lost Region.",
			Open:  true,
			play:  playRegionLoss,
		},
		{
			Name:  "region-brownout",
			About: "The active Region answers slowly and with errors, its control plane too.",
			Must:  "A switchover is refused with the reasons, and a failover works.",
			play:  playBrownOut,
		},
		{
			Name:  "replication-lag",
			About: "The standby lags by more than may be lost.",
			Must:  "A failover is refused with figures; with an override it goes, and the override is recorded.",
			play:  playReplicationLag,
		},
		{
			Name:  "stuck-promotion",
			About: "The operation of the global database hangs, until somebody cancels it.",
			Must:  "The run gives up in time with writes fenced and says what to do, and a second run succeeds.",
			play:  playStuckPromotion,
		},
		{
			Name:  "killed",
			About: "The function that moves the application is killed in the middle of it.",
			Must:  "The pipeline goes on by itself, and no acknowledged write is lost.",
			play:  playKilled,
		},
		{
			Name:  "detach",
			About: "The active Region is lost, the other one's cluster is detached, and the global database is rebuilt when the lost one returns.",
			Must:  "Only what the standby had not received is lost, the plan to rebuild is told, and the application ends in its home Region.",
			play:  playDetach,
		},
		{
			Name:  "failback",
			About: "The active Region is lost, the other one takes over, the lost one returns, and the application goes home.",
			Must:  "The application ends in its home Region, and the way home loses nothing.",
			play:  playFailback,
		},
	}
}

// Find is the scenario of a name, and whether there is one.
func Find(name string) (Scenario, bool) {
	for _, s := range All() {
		if s.Name == name {
			return s, true
		}
	}
	return Scenario{}, false
}
