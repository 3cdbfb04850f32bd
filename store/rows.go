package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"mediasrv/routing/fact"
)

// The statements that write rows. A row is always written whole, so that writing it twice does no harm.
const (
	putConversation = `INSERT INTO conversations (id, customer, name, queue, agent, status, previous, notes, priority, tags, opened, changed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, name = excluded.name, queue = excluded.queue, agent = excluded.agent,
		status = excluded.status, previous = excluded.previous, notes = excluded.notes, priority = excluded.priority, tags = excluded.tags, opened = excluded.opened, changed = excluded.changed`
	putCall = `INSERT INTO calls (id, node, conversation, direction, entry, trunk, caller, queue, agent, disposition, began, answered, talked, ended, end_reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET node = excluded.node, conversation = excluded.conversation, direction = excluded.direction, entry = excluded.entry,
		trunk = excluded.trunk, caller = excluded.caller, queue = excluded.queue, agent = excluded.agent, disposition = excluded.disposition,
		began = excluded.began, answered = excluded.answered, talked = excluded.talked, ended = excluded.ended, end_reason = excluded.end_reason`
	putLeg = `INSERT INTO legs (id, call, seat, number, name, user, trunk, sip_id, codec, began, answered, ended, end_reason,
		rated_seconds, mos, mos_lowest, loss_percent, late, discarded, jitter_ms, round_trip_ms, far_mos, far_loss_percent, far_jitter_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET call = excluded.call, seat = excluded.seat, number = excluded.number, name = excluded.name, user = excluded.user,
		trunk = excluded.trunk, sip_id = excluded.sip_id, codec = excluded.codec, began = excluded.began, answered = excluded.answered,
		ended = excluded.ended, end_reason = excluded.end_reason, rated_seconds = excluded.rated_seconds, mos = excluded.mos,
		mos_lowest = excluded.mos_lowest, loss_percent = excluded.loss_percent, late = excluded.late, discarded = excluded.discarded,
		jitter_ms = excluded.jitter_ms, round_trip_ms = excluded.round_trip_ms, far_mos = excluded.far_mos,
		far_loss_percent = excluded.far_loss_percent, far_jitter_ms = excluded.far_jitter_ms`
	putEvent = `INSERT INTO events (node, sequence, at, conversation, call, leg, kind, queue, agent, detail)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	putAgentChange = `INSERT INTO agent_changes (node, sequence, at, user, status, activity, reason, call)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	putRecording = `INSERT INTO recordings (path, segment, conversation, call, leg, part, format, agent, end_user, end_number, began, ended,
		sha256, bytes, gaps, marks, repaired, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, lower(hex(randomblob(12))))
		ON CONFLICT (path) DO UPDATE SET segment = excluded.segment, conversation = excluded.conversation, call = excluded.call, leg = excluded.leg,
		part = excluded.part, format = excluded.format, agent = excluded.agent, end_user = excluded.end_user, end_number = excluded.end_number,
		began = excluded.began, ended = excluded.ended, sha256 = excluded.sha256, bytes = excluded.bytes, gaps = excluded.gaps, marks = excluded.marks, repaired = excluded.repaired`
	putVoicemail = `INSERT INTO voicemails (id, conversation, call, segment, box, queue, number, name, entry, began, ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ms = excluded.ms`
	markHeard  = `UPDATE voicemails SET heard = ?, heard_by = ? WHERE id = ? AND heard IS NULL`
	markDone   = `UPDATE voicemails SET done = ?, done_by = ? WHERE id = ? AND done IS NULL`
	markAgain  = `UPDATE voicemails SET done = NULL, done_by = '' WHERE id = ?`
	putRenewal = `UPDATE sessions SET expires = ? WHERE token_hash = ? AND expires < ?`
)

// rowWriter writes items in a transaction; it prepares each statement once.
type rowWriter struct {
	tx       *sql.Tx
	node     string
	prepared map[string]*sql.Stmt
	hooks    func(fact.EventKind) []string // who is to be told of an event; nil: nobody
	told     bool                          // there is something for webhooks
}

func (w *rowWriter) put(it item) error {
	switch r := it.what.(type) {
	case fact.Conversation:
		return w.exec(putConversation, r.ID, r.Customer, r.Name, r.Queue, r.Agent, r.Status, r.Previous, r.Notes, r.Priority, list(r.Tags), stamp(r.Opened), stamp(r.Changed))
	case fact.Call:
		return w.putCall(r)
	case fact.Leg:
		return w.putLeg(r)
	case fact.Event:
		return w.putEvent(it.sequence, r)
	case fact.AgentChange:
		return w.exec(putAgentChange, w.node, it.sequence, stamp(r.At), r.User, r.Status, r.Activity, r.Reason, r.Call)
	case fact.QueueNotice:
		return w.exec(putQueueNotice, r.Queue, r.Kind, stamp(r.Until), r.Say, r.File, r.By, stamp(r.At))
	case fact.Agent:
		return w.putAgent(r)
	case fact.Audit:
		return w.putAudit(r)
	case fact.Situation:
		return w.putSituation(r)
	case fact.Callback:
		return w.exec(putCallback, callbackArgs(r)...)
	case fact.Contact:
		return w.putContact(r)
	case renewal:
		return w.exec(putRenewal, stamp(r.expires), r.tokenHash, stamp(r.expires))
	default:
		return w.putSound(it)
	}
}

// putSound writes what is about recordings and messages.
func (w *rowWriter) putSound(it item) error {
	switch r := it.what.(type) {
	case fact.Recording:
		return w.putRecording(r)
	case fact.RecordingDeleted:
		return w.deleteRecording(r)
	case fact.RecordingHeld:
		return w.exec(holdRecording, stamp(r.At), r.User, r.Reason, r.ID)
	case fact.Voicemail:
		return w.exec(putVoicemail, r.ID, r.Conversation, r.Call, r.Segment, r.Box, r.Queue, r.Number, r.Name, r.Entry, stamp(r.Began), r.Length.Milliseconds())
	case fact.VoicemailMark:
		return w.mark(r)
	case fact.PersonErased:
		return w.erasePerson(r)
	default:
		return fmt.Errorf("store: no table for %T", it.what)
	}
}

// mark notes what an agent did with a message.
func (w *rowWriter) mark(m fact.VoicemailMark) error {
	switch {
	case m.Again:
		return w.exec(markAgain, m.ID)
	case m.Done:
		return w.exec(markDone, stamp(m.At), m.User, m.ID)
	default:
		return w.exec(markHeard, stamp(m.At), m.User, m.ID)
	}
}

func (w *rowWriter) putLeg(r fact.Leg) error {
	q, ms := r.Quality, func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return w.exec(putLeg, r.ID, r.Call, r.Seat, r.Party.Number, r.Party.Name, r.Party.User, r.Party.Trunk, r.SIPID, r.Codec,
		stamp(r.Began), stamp(r.Answered), stamp(r.Ended), reason(r.End),
		int64(q.Rated/time.Second), q.MOS, q.LowestMOS, q.Loss, q.Late, q.Discarded, ms(q.Jitter), ms(q.RoundTrip), q.FarMOS, q.FarLoss, ms(q.FarJitter))
}

func (w *rowWriter) putRecording(r fact.Recording) error {
	gaps, err := json.Marshal(r.Gaps)
	if err != nil {
		return fmt.Errorf("store: gaps of %s: %w", r.Path, err)
	}
	marks, err := json.Marshal(r.Marks)
	if err != nil {
		return fmt.Errorf("store: marks of %s: %w", r.Path, err)
	}
	return w.exec(putRecording, r.Path, r.Segment, r.Conversation, r.Call, r.Leg, r.Part, r.Format, r.Agent, r.EndUser, r.EndNumber,
		stamp(r.Start), stamp(r.End), r.SHA256, r.Bytes, string(gaps), string(marks), r.Repaired)
}

func (w *rowWriter) exec(statement string, args ...any) error {
	stmt := w.prepared[statement]
	if stmt == nil {
		var err error
		if stmt, err = w.tx.Prepare(statement); err != nil { // closed with the transaction
			return err
		}
		if w.prepared == nil {
			w.prepared = make(map[string]*sql.Stmt)
		}
		w.prepared[statement] = stmt
	}
	_, err := stmt.Exec(args...)
	return err
}

// reason is an end as it is stored: by name, empty while it is not known.
func reason(r fact.EndReason) string {
	if r == fact.EndUnset {
		return ""
	}
	return r.String()
}
