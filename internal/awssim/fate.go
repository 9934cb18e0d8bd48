package awssim

// Move names one switchover or failover.
type Move struct {
	// GlobalCluster is the identifier of the global cluster.
	GlobalCluster string

	// From and To are the ARNs of the writer before and after.
	From, To string

	// N is 1 for the first move of the global cluster, 2 for the next, and so on.
	N int

	// DataLoss reports whether it is a failover that allows data loss; otherwise it is a switchover.
	DataLoss bool
}

// Phase is a part of a [Move].
type Phase int

// Phases in their order. Roles are exchanged at the end of Switching; what has come so far is not undone.
const (
	Pending       Phase = iota // both clusters are verified
	Synchronizing              // of switchovers: writes are blocked, and replicated to the target
	Switching                  // the target is being promoted
	Finishing                  // the target writes; the operation has not ended
)

// Outcome is how a phase ends.
type Outcome int

// Outcomes.
const (
	Complete Outcome = iota // as it should
	Hang                    // never, unless somebody calls [State.SetFate]
	Fail                    // the former writer writes again; the operation has ended without effect
)

// Fate is how a [Move] ends. The zero value lets it complete.
type Fate struct {
	// Outcome is what happens at the end of a phase. Fail lets Aurora cancel the operation: its state is cancelling, and then
	// everything is as before. It does not happen in Finishing, where there is no way back.
	Outcome Outcome

	// Phase is the phase; where the move has no such phase, or is past it, it is the next one.
	Phase Phase
}

// SetFate decides how the switchover or failover ends that is in progress at the global cluster, or the next one if there is none.
// One that hangs goes on with its phase, or fails, as the fate says.
func (s *State) SetFate(globalCluster string, f Fate) {
	m := s.moves[globalCluster]
	if m == nil {
		s.fates[globalCluster] = f
		return
	}
	m.fate = f
	if m.hung {
		m.hung = false
		s.step(m, s.Now())
	}
}

// fateOf is the fate of a move that begins.
func (s *State) fateOf(m Move) Fate {
	if f, ok := s.fates[m.GlobalCluster]; ok {
		delete(s.fates, m.GlobalCluster)
		return f
	}
	if s.fate == nil {
		return Fate{}
	}
	return s.fate(m)
}
