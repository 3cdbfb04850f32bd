// Package floor owns all queues and agents of the contact centre. One goroutine makes every decision, so no call can reach two agents and
// no agent two calls. Its decisions are pure: Picker says who gets which call, AgentState.On what becomes of an agent. Its API is values
// only (ids of calls, users and offers, times), and saying something twice does no harm, so that it can later live on another node.
//
// The life of an offer: Offered goes to the call, which dials the agent's phone. The call answers with Report (refused, missed, failed) or
// with Claim (the agent has picked up), and Claim is answered with Granted or Void. When the call doesn't say anything until the lease ends, or the
// agent's phone disappears, the call gets Withdrawn, and the agent is free.
package floor
