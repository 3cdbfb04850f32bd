package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"mediasrv/web/ui"

	"github.com/danielgtaylor/huma/v2"
)

const (
	headerTime   = 10 * time.Second // for the TLS handshake and the request's head
	requestTime  = 30 * time.Second // for a whole request; WebSockets are exempt
	idleTime     = 2 * time.Minute
	goodbyeTime  = 5 * time.Second
	refreshEvery = time.Minute // how often the certificate is looked after
)

var errBusy = errors.New("web: too many logins at once")

// Server is the web port.
type Server struct {
	opt         Options
	log         *slog.Logger
	mux         *http.ServeMux
	access      map[string]need // by the mux's pattern; written by New only
	crossOrigin *http.CrossOriginProtection
	cert        *certificate // nil: plain HTTP
	metrics     *metrics
	today       today
	throttle    throttle
	live        live
	hashing     atomic.Int32 // logins that wait for or use the CPU
	hijacked    sync.WaitGroup
	closing     context.Context // done when WebSockets must end, because the server does
	close       context.CancelFunc

	bound chan struct{} // closed when addr is set, or never will be
	once  sync.Once
	addr  net.Addr
}

// New makes a server; it reads or makes the certificate, and neither listens nor starts anything.
func New(opt Options) (*Server, error) {
	s := &Server{
		opt: opt, log: opt.Log, mux: http.NewServeMux(), access: make(map[string]need),
		crossOrigin: http.NewCrossOriginProtection(), bound: make(chan struct{}),
	}
	s.closing, s.close = context.WithCancel(context.Background())
	cfg := opt.Config()
	if opt.Lines == nil {
		opt.Lines = func() []Line { return nil }
	}
	var err error
	if !cfg.TLS.Off {
		if s.cert, err = newCertificate(cfg, opt.Log); err != nil {
			return nil, err
		}
	}
	if s.metrics, err = newMetrics(opt.Figures, opt.Lines, s.live.sockets); err != nil {
		return nil, fmt.Errorf("web: metrics: %w", err)
	}
	if err = s.metrics.registry.Register(newTrunkCollector(opt.Operations.Trunks, func() Out { return opt.Figures().Out })); err != nil {
		return nil, fmt.Errorf("web: metrics: %w", err)
	}
	if err = s.metrics.registry.Register(newReloadCollector(opt.Operations.Reloads)); err != nil {
		return nil, fmt.Errorf("web: metrics: %w", err)
	}
	if err = s.metrics.registry.Register(newAlarmCollector(opt.Alarms)); err != nil {
		return nil, fmt.Errorf("web: metrics: %w", err)
	}
	files := opt.Pages
	if files == nil {
		if files, err = fs.Sub(ui.Dist, "dist"); err != nil {
			return nil, fmt.Errorf("web: load the pages: %w", err)
		}
	}
	pages, err := loadPages(files)
	if err != nil {
		return nil, err
	}
	api := s.newAPI()
	s.addRoutes(api)
	s.addControls(api)
	s.addOperations(api)
	s.addOversight(api)
	s.addStatistics(api)
	s.addVoicemails(api)
	s.addRecordings(api)
	s.addPersons(api)
	s.addAudit(api)
	s.addTokens(api)
	s.addCallbacks(api)
	s.addCallOut(api)
	s.addDirectory(api)
	s.addConversations(api)
	s.addReload(api)
	s.addQueues(api)
	s.addAlarms(api)
	describeEvents(api)
	describeTrunkEvents(api)
	describeAlarmEvents(api)
	describeWallboard(api)
	s.handle("GET "+eventsPath, needAgent, http.HandlerFunc(s.events))
	s.handle("GET "+wallboardPath, needSupervisor, http.HandlerFunc(s.wallboardEvents))
	s.handle("GET "+trunksPath, needSupervisor, http.HandlerFunc(s.trunkEvents))
	s.handle("GET "+alarmsPath, needSupervisor, http.HandlerFunc(s.alarmEvents))
	s.handle("GET "+sipPath, needPhone, http.HandlerFunc(s.sip))
	s.handle("GET /metrics", needWatcher, s.metrics.handler())
	s.handle("GET /healthz", needNothing, http.HandlerFunc(s.health))
	s.handle("/api/", needNothing, http.HandlerFunc(noRoute))
	s.handle("/", needNothing, pages)
	return s, nil
}

// describeEvents adds the event stream, which Huma does not serve, to the API's description.
func describeEvents(api huma.API) {
	schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[viewMessage]())
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "events", Method: http.MethodGet, Path: eventsPath, Summary: "WebSocket: the desk's view at every change",
		Description: "Each message is the JSON below. Code 4401 closes the socket when the session has ended, 1001 when the server shuts down.",
		Security:    []map[string][]string{{cookieScheme: {}}},
		Responses: map[string]*huma.Response{
			"101": {Description: "A message of the stream", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
		},
	})
}

// health is for load balancers: 503 while the server drains.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if s.opt.Draining != nil && s.opt.Draining() {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("draining\n")) // the client is gone: nobody to tell
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

func noRoute(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusNotFound, "The API has no such route, or not with this method.")
}

// Addr is the address that Run listens on. It waits until Run has bound it; nil: Run could not.
func (s *Server) Addr() net.Addr {
	<-s.bound
	return s.addr
}

// Run binds listen.web and serves until ctx ends; then it says good-bye to event streams, lets requests finish for 5 s, and returns
// nil. Any other error means that it could not listen or serve. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	listener, err := s.listen(ctx)
	s.once.Do(func() { close(s.bound) })
	if err != nil {
		return err
	}
	s.log.Info("web port is open", "address", s.addr, "tls", s.cert != nil)
	return s.serve(ctx, listener)
}

// serve serves on a listener until ctx ends.
func (s *Server) serve(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	server := s.httpServer()
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel() // before the wait: deferred calls run backwards
	workers.Go(func() { s.sweepLoop(ctx) })
	if s.cert != nil {
		workers.Go(func() { s.refreshLoop(ctx) })
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	failed := make(chan error, 1)
	workers.Go(func() { failed <- server.Serve(listener) })
	select {
	case err := <-failed:
		return fmt.Errorf("web: serve: %w", err)
	case <-ctx.Done():
	}
	s.goodbye(server)
	return nil
}

// listen binds the port, with an error that says what is wrong in one sentence.
func (s *Server) listen(ctx context.Context) (net.Listener, error) {
	at := s.opt.Config().Listen.Web
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", at)
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return nil, fmt.Errorf("web: listen on %s: %w", at, errno)
	case err != nil:
		return nil, fmt.Errorf("web: listen on %s: %w", at, err)
	}
	s.addr = listener.Addr()
	return listener, nil
}

func (s *Server) httpServer() *http.Server {
	server := &http.Server{
		Handler:           http.HandlerFunc(s.gate),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       requestTime,
		WriteTimeout:      requestTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // handshakes that strangers break off
	}
	if s.cert != nil {
		server.TLSConfig = &tls.Config{GetCertificate: s.cert.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	}
	return server
}

// goodbye lets requests and sockets end, and cuts off what takes longer.
func (s *Server) goodbye(server *http.Server) {
	s.close()
	ctx, cancel := context.WithTimeout(context.Background(), goodbyeTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close() // what does not finish is cut off
	}
	done := make(chan struct{})
	go func() { s.hijacked.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		s.log.Warn("some WebSockets did not close in time")
	}
}

// refreshLoop keeps the certificate good.
func (s *Server) refreshLoop(ctx context.Context) {
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	failing := false
	for {
		select {
		case now := <-ticker.C:
			err := s.cert.refresh(now)
			if err != nil && !failing {
				s.log.Error("the certificate cannot be renewed, the old one stays", "error", err)
			}
			failing = err != nil
		case <-ctx.Done():
			return
		}
	}
}
