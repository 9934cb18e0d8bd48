package database

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/statement"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// The commands of the protocol that clients of an endpoint can use.
const (
	comQuit             = 0x01
	comInitDB           = 0x02
	comQuery            = 0x03
	comFieldList        = 0x04
	comStatistics       = 0x09
	comPing             = 0x0e
	comStmtPrepare      = 0x16
	comStmtExecute      = 0x17
	comStmtSendLongData = 0x18
	comStmtClose        = 0x19
	comStmtReset        = 0x1a
	comSetOption        = 0x1b
	comStmtFetch        = 0x1c
	comResetConnection  = 0x1f
)

// inspect is the command that the server behind gets for one, or why it gets none.
func (r *relay) inspect(frame wire.Frame) (wire.Frame, *wire.Error) {
	payload := frame.Payload()
	if len(payload) == 0 {
		return nil, errUnknownCommand
	}
	switch payload[0] {
	case comQuery:
		return r.inspectQuery(frame)
	case comStmtPrepare:
		return r.inspectPrepare(frame)
	case comStmtExecute:
		return r.inspectExecute(frame)
	case comStmtClose:
		if len(payload) >= 5 {
			r.forget(binary.LittleEndian.Uint32(payload[1:]))
		}
		return frame, nil
	case comQuit, comInitDB, comFieldList, comStatistics, comPing, comStmtSendLongData, comStmtReset, comSetOption,
		comStmtFetch, comResetConnection:
		return frame, nil
	default:
		return nil, errUnknownCommand
	}
}

// inspectQuery looks at a text that is to be executed.
func (r *relay) inspectQuery(frame wire.Frame) (wire.Frame, *wire.Error) {
	a := statement.Analyze(string(frame.Payload()[1:]))
	readOnly := r.session.endpoint.readOnly()
	if readOnly && (a.Writes || a.Executes && r.preparedWrite) {
		return nil, errReadOnly
	}
	r.preparedWrite = r.preparedWrite || a.PreparesWrite
	if len(a.IAMUsers) > 0 && a.Several {
		return nil, errSeveralWithUsers
	}
	if a.ManagesUsers {
		r.expect(func([]byte) { r.checkUsers(a.IAMUsers) })
	}
	if !a.AsksRole && !a.ManagesUsers {
		return frame, nil
	}
	text := a.Rewrite(readOnly, r.session.endpoint.cluster.options.Users.secret)
	if len(text) >= wire.MaxPayload {
		return nil, errPacketTooLarge
	}
	return append(append(wire.NewFrame(frame.Seq(), 1+len(text)), comQuery), text...).Seal(), nil
}

// inspectPrepare looks at a text that is to be executed later, perhaps more than once and in another role.
func (r *relay) inspectPrepare(frame wire.Frame) (wire.Frame, *wire.Error) {
	a := statement.Analyze(string(frame.Payload()[1:]))
	if a.AsksRole || len(a.IAMUsers) > 0 {
		return nil, errNotPreparable
	}
	if a.Writes || a.PreparesWrite || a.Executes {
		r.expect(func(first []byte) {
			if len(first) >= 5 && first[0] == wire.HeaderOK {
				r.writes[binary.LittleEndian.Uint32(first[1:])] = struct{}{}
			}
		})
	}
	return frame, nil
}

// inspectExecute looks at a statement that has been prepared.
func (r *relay) inspectExecute(frame wire.Frame) (wire.Frame, *wire.Error) {
	payload := frame.Payload()
	if len(payload) < 5 {
		return nil, errUnknownCommand
	}
	if r.isWrite(binary.LittleEndian.Uint32(payload[1:])) && r.session.endpoint.readOnly() {
		return nil, errReadOnly
	}
	return frame, nil
}

func (r *relay) isWrite(number uint32) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.writes[number]
	return ok
}

func (r *relay) forget(number uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.writes, number)
}

// checkUsers finds out for which users IAM has become, or has ceased to be, who authenticates them: those whom the
// server behind lets in with the password that they have for that. The statement that has just been answered may have
// failed, or not have been allowed, so it says nothing itself.
func (r *relay) checkUsers(changed []string) {
	ctx, cancel := context.WithTimeout(r.session.endpoint.ctx, loginTime)
	defer cancel()
	o := r.session.endpoint.cluster.options
	for _, name := range o.Users.names(changed) {
		back, _, err := dialBackend(ctx, o.Server.Addr(), wire.Login{User: name, Charset: charset}, o.Users.secret(name))
		if err == nil {
			back.Close()
			o.Users.set(name, true)
			continue
		}
		if e := (*wire.Error)(nil); errors.As(err, &e) && e.Number == errnoAccessDenied {
			o.Users.set(name, false)
		}
	}
}
