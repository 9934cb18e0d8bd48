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

	play func(context.Context, *play) error
}

// All are the scenarios, in the order in which they are worth playing.
func All() []Scenario {
	return []Scenario{
		{
			"switchover", "The pipeline of the secondary Region makes it the active one, as planned.",
			"No acknowledged write is lost or there twice, and reads are answered all the time.", playSwitchover,
		},
		{
			"drill", "A drill goes to the secondary Region and comes home again.",
			"No acknowledged write is lost or there twice, and reads are answered all the time.", playDrill,
		},
		{
			"region-loss", "The active Region is lost at once while the other one lags, whose pipeline fails over.",
			"Reads go on by themselves, only what the standby had not received is lost, the report bounds that, and nothing needs the lost Region.", playRegionLoss,
		},
		{
			"region-brownout", "The active Region answers slowly and with errors, its control plane too.",
			"A switchover is refused with the reasons, and a failover works.", playBrownOut,
		},
		{
			"replication-lag", "The standby lags by more than may be lost.",
			"A failover is refused with figures; with an override it goes, and the override is recorded.", playReplicationLag,
		},
		{
			"stuck-promotion", "The operation of the global database hangs, until somebody cancels it.",
			"The run gives up in time with writes fenced and says what to do, and a second run succeeds.", playStuckPromotion,
		},
		{
			"killed", "The function that moves the application is killed in the middle of it.",
			"The pipeline goes on by itself, and no acknowledged write is lost.", playKilled,
		},
		{
			"detach", "The active Region is lost, the other one's cluster is detached, and the global database is rebuilt when the lost one returns.",
			"Only what the standby had not received is lost, the plan to rebuild is told, and the application ends in its home Region.", playDetach,
		},
		{
			"failback", "The active Region is lost, the other one takes over, the lost one returns, and the application goes home.",
			"The application ends in its home Region, and the way home loses nothing.", playFailback,
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
