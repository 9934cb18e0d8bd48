package awssim

// Runners run what the state only describes. They are called without the cloud's lock, and return before it has run. A nil one
// means that it stays as it is: an event goes to no target, an automation and a command stay pending.
type Runners struct {
	// Deliver takes an event to the targets of the rules of the bus that took it.
	Deliver func(region string, e Event)

	// Replay sends the events of a replay to its bus again.
	Replay func(region, replay string)

	// Automate runs the steps of an automation, or goes on with it after a signal.
	Automate func(region, execution string)

	// Command runs a command on its instances.
	Command func(region, command string)
}

// SetRunners says who runs what the state describes, from now on.
func (c *Cloud) SetRunners(r Runners) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runners = r
}

// Deliver has an event delivered.
func (c *Cloud) Deliver(region string, e Event) { call(c.current().Deliver, region, e) }

// Replay has a replay run.
func (c *Cloud) Replay(region, replay string) { call(c.current().Replay, region, replay) }

// Automate has an automation run.
func (c *Cloud) Automate(region, execution string) { call(c.current().Automate, region, execution) }

// Command has a command run.
func (c *Cloud) Command(region, command string) { call(c.current().Command, region, command) }

func (c *Cloud) current() Runners {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.runners
}

// call calls a runner, if there is one.
func call[T any](runner func(string, T), region string, what T) {
	if runner != nil {
		runner(region, what)
	}
}

// Emit puts an event of an AWS service on the Region's default bus, and has it delivered.
func (c *Cloud) Emit(region string, e Event) {
	c.Do(func(s *State) {
		e.Bus = DefaultBus
		e = s.Region(region).TakeEvent(e)
	})
	c.Deliver(region, e)
}
