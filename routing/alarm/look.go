package alarm

import (
	"fmt"
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// uploadsFail is how long every try may fail before somebody has to look.
const uploadsFail = 10 * time.Minute

// Trouble is a part's own word that it can't do its work.
type Trouble struct {
	Since time.Time // zero: it can
	Err   error
	Lost  uint64 // what has been lost so far, in the part's own unit
	Waits int    // what waits until it can again
}

// Database looks at the writing of the database. Calls don't wait for it.
func Database(of func() Trouble) Look {
	return func(time.Time) []fact.Alarm {
		t := of()
		if t.Since.IsZero() {
			return nil
		}
		return []fact.Alarm{{
			Kind: fact.AlarmDatabase, Since: t.Since,
			What: fmt.Sprintf("The database can't be written: %v. Calls go on; %d records wait in memory, %d were lost.", t.Err, t.Waits, t.Lost),
			Do:   "Free space on the disk of data_dir, or end the program that has locked mediasrv.db. Don't restart the server before: what waits in memory would be lost.",
		}}
	}
}

// Recordings looks at the writing of recordings. Calls don't wait for it, either.
func Recordings(of func() Trouble) Look {
	return func(time.Time) []fact.Alarm {
		t := of()
		if t.Since.IsZero() {
			return nil
		}
		return []fact.Alarm{{
			Kind: fact.AlarmRecordings, Since: t.Since,
			What: fmt.Sprintf("Recordings can't be written: %v. Calls go on, and what is said meanwhile is missing in their recordings.", t.Err),
			Do:   "Free space on the disk of data_dir/recordings, or give it a faster one. Recordings that run go on by themselves, with the gap marked.",
		}}
	}
}

// QuotaState is how much room the recordings of this month need.
type QuotaState struct {
	Used, Quota int64     // bytes; 0: no quota
	Since       time.Time // when it was measured first that it is so much
}

// High says that there is little left, or nothing.
func (q QuotaState) High() bool { return q.Quota > 0 && float64(q.Used) >= quotaWarns*float64(q.Quota) }

// quotaWarns is the share of a quota from which operators are told.
const quotaWarns = 0.8

// Quota looks at the room that recordings need.
func Quota(of func() QuotaState) Look {
	return func(time.Time) []fact.Alarm {
		q := of()
		if !q.High() {
			return nil
		}
		share := 100 * q.Used / q.Quota
		return []fact.Alarm{{
			Kind: fact.AlarmQuota, Since: q.Since,
			What: fmt.Sprintf("This month's recordings have %d %% of their quota: %.1f of %.1f GB. They go on.", share, float64(q.Used)/1e9, float64(q.Quota)/1e9),
			Do:   "Raise recordings.quota, record as opus (recording.format), keep recordings for a shorter time (recording.keep), or record less.",
		}}
	}
}

// UploadState is how recordings get to another place.
type UploadState struct {
	To      string
	Failing time.Time // since when every try has failed; zero: they don't
	Waiting int
}

// Uploads looks at the copies of recordings elsewhere.
func Uploads(of func() []UploadState) Look {
	return func(now time.Time) (all []fact.Alarm) {
		for _, u := range of() {
			if u.Failing.IsZero() || now.Sub(u.Failing) < uploadsFail {
				continue
			}
			all = append(all, fact.Alarm{
				Kind: fact.AlarmUpload, Subject: u.To, Since: u.Failing,
				What: fmt.Sprintf("%d recordings don't reach %s. They are kept here, and tried again.", u.Waiting, u.To),
				Do:   "Look in the log why (upload), then mend the server there, the network, or recordings.upload.",
			})
		}
		return all
	}
}

// Reloads looks at what became of the last reload.
func Reloads(of func() fact.Reload) Look {
	return func(time.Time) []fact.Alarm {
		last := of()
		if last.At.IsZero() || last.Applied {
			return nil
		}
		first := ""
		if len(last.Wrong) > 0 {
			first = ": " + last.Wrong[0].String()
		}
		return []fact.Alarm{{
			Kind: fact.AlarmReload, Since: last.At,
			What: fmt.Sprintf("The file has mistakes (%d), and the one before it holds%s", len(last.Wrong), first),
			Do:   "Mend the file. `mediasrv check` lists every mistake; it is read again as soon as it changes.",
		}}
	}
}

// Trunks looks at the lines to carriers and PBXs: one whose registration isn't there, or of whose servers none answers.
func Trunks(of func() []fact.TrunkState) Look {
	return func(time.Time) (all []fact.Alarm) {
		for _, t := range of() {
			if a, down := trunk(t); down {
				all = append(all, a)
			}
		}
		return all
	}
}

func trunk(t fact.TrunkState) (fact.Alarm, bool) {
	a := fact.Alarm{Kind: fact.AlarmTrunk, Subject: t.Name}
	switch t.Registration.State {
	case fact.RegistrationRefused:
		a.Since, a.What = t.Registration.Since, "The registration is refused: "+t.Registration.Error
		a.Do = "Check the trunk's user and password in the file, and the account at the carrier."
		return a, true
	case fact.RegistrationFailed:
		a.Since, a.What = t.Registration.Since, "No server takes the registration, so no call comes in: "+t.Registration.Error
		a.Do = "Check the trunk's server, the network and the firewall. It is tried again by itself."
		return a, true
	case fact.RegistrationNone, fact.Registering, fact.Registered, fact.Unregistered:
	}
	if len(t.Targets) == 0 || slices.ContainsFunc(t.Targets, func(s fact.TargetState) bool { return s.Health != fact.TargetDown }) {
		return a, false
	}
	a.Since = t.Targets[0].Since
	a.What, a.Do = "None of its servers answers, so calls out fail: "+t.Targets[0].Error, "Check the trunk's servers, the network and the firewall. They are tried again by themselves."
	return a, true
}
