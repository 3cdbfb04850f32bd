package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mediasrv/routing/alarm"
	"mediasrv/routing/fact"
)

// newBoard is what operators have to mend, of every part.
func (s *server) newBoard() *alarm.Board {
	return alarm.New(s.log, s.store.Append,
		func(time.Time) []fact.Alarm { return s.centre.Alarms() },
		alarm.Trunks(s.stack.Trunks),
		alarm.Media(func() alarm.MediaState {
			e := s.engine.Stats()
			return alarm.MediaState{NoPorts: e.NoPorts, FreePorts: e.Ports.Free, Lateness: e.Lateness, OneWays: e.OneWaysNow}
		}),
		alarm.Database(func() alarm.Trouble {
			t, journal := s.store.Trouble(), s.store.Stats()
			return alarm.Trouble{Since: t.Since, Err: t.Err, Lost: journal.Dropped, Waits: journal.Pending}
		}),
		alarm.Recordings(func() alarm.Trouble {
			t := s.recorder.Trouble()
			return alarm.Trouble{Since: t.Since, Err: t.Err}
		}),
		alarm.Quota(s.quota.State),
		alarm.Uploads(func() (all []alarm.UploadState) {
			for _, u := range s.recorder.Uploads() {
				all = append(all, alarm.UploadState{To: u.Kind, Failing: u.Failing, Waiting: u.Waiting})
			}
			return all
		}),
		alarm.Reloads(func() fact.Reload { last, _, _ := s.reloader.Reloads(); return last }),
	)
}

type alarmsCmd struct{ serverFlag }

// Help is shown by `mediasrv alarms --help`.
func (alarmsCmd) Help() string {
	return `Exit code 0: nothing; 1: something. The server is found by the control socket in the file's data_dir, which its own user can open.

Example:
  $ mediasrv alarms
  database, since Sat 2026-11-21 14:02:10
    The database can't be written: database is locked (another program has locked the database). Calls go on; …
    Free space on the disk of data_dir, or end the program that has locked mediasrv.db. …`
}

// Run lists the alarms.
func (c *alarmsCmd) Run(ctx context.Context, tty terminal) error {
	a, zone, err := c.reach()
	if err != nil {
		return err
	}
	var all struct {
		Alarms []struct {
			Kind, Subject, What, Do string
			Since                   time.Time
		}
	}
	if err := a.ask(ctx, http.MethodGet, "/api/alarms", nil, &all); err != nil {
		return fmt.Errorf("alarms: %w", unwrapURL(err))
	}
	for _, alarm := range all.Alarms {
		name := alarm.Kind
		if alarm.Subject != "" {
			name += " " + alarm.Subject
		}
		fmt.Fprintf(tty.out, "%s, since %s\n  %s\n  %s\n", name, alarm.Since.In(zone).Format("Mon 2006-01-02 15:04:05"), alarm.What, alarm.Do)
	}
	if len(all.Alarms) > 0 {
		return errSaid
	}
	_, err = fmt.Fprintln(tty.out, "nothing is wrong")
	return err
}
