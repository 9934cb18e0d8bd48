package recoverytest

import (
	"fmt"
	"regexp"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// Bystander is the id of a server that no recovery is about. Hostile ids name it.
const Bystander = "i-66666666666666666"

// instanceID is what the id of a server looks like.
var instanceID = regexp.MustCompile(`^i-([0-9a-f]{8}|[0-9a-f]{17})$`)

// hostileIDs are ids of servers that begin as one does, and go on to make something else of a shell command or of the input of an
// automation.
var hostileIDs = []string{
	`"],"InstanceId":["` + Bystander, `"],"AutomationAssumeRole":["arn:aws:iam::666666666666:role/owned`, `"],"commands":["touch /tmp/owned`,
	"'; touch /tmp/owned; '", "$(touch /tmp/owned)", "`touch /tmp/owned`", "\ntouch /tmp/owned", `","` + Bystander, "{{ InstanceId }}", " ",
}

// recoverServers writes upsert events of servers: of those that the failover has recovered already, and of further ones.
func (h *history) recoverServers(phase lifecycle.Phase) {
	switch {
	case phase == lifecycle.Standby:
		h.standing = nil
		return
	case phase == lifecycle.FailoverTest:
		h.standing = nil
	}
	for _, id := range h.standing {
		if h.chance(50) {
			h.server(id, phase)
		}
	}
	for range h.random.IntN(3) {
		id := fmt.Sprintf("i-%017x", h.random.Uint64()&(1<<60-1))
		if h.chance(15) {
			id = fmt.Sprintf("i-%08x", h.random.Uint32())
		}
		if h.chance(20) {
			id += hostileIDs[h.random.IntN(len(hostileIDs))]
		} else if h.chance(10) {
			id = h.hostile()
		} else {
			h.standing = append(h.standing, id)
		}
		h.server(id, phase)
	}
}

// server writes the upsert events of a server.
func (h *history) server(id string, phase lifecycle.Phase) {
	outcome := lifecycle.Done
	if h.chance(10) {
		outcome = lifecycle.Failed
	}
	for _, state := range []lifecycle.State{lifecycle.Processing, outcome} {
		h.tick()
		e := h.upsert("arn:aws:ec2:us-east-1:"+PrimaryAccount+":instance/"+id, id, state, phase)
		e.Detail.RecoveryResourceARN = "arn:aws:ec2:us-east-2:" + Account + ":instance/" + id
		e.Detail.ResourceType = []string{"AWS::EC2::Instance"}
		h.add(e, phase)
		last := &h.steps[len(h.steps)-1]
		last.Server, last.IsServer = id, true
	}
	if outcome == lifecycle.Done && instanceID.MatchString(id) {
		h.servers[id] = true
	}
}
