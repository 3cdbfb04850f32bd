import type { RTCSession } from 'jssip/lib/RTCSession';

/** What JsSIP's sessions can do besides what its types say. */
interface Sender {
  readonly contact: string;
  sendRequest(
    method: 'INVITE' | 'ACK',
    options?: {
      extraHeaders: string[];
      body: string;
      eventHandlers: Record<string, (response?: { body?: string }) => void>;
    },
  ): void;
}

/**
 * Restarts ICE (RFC 8839, 4.4.1.1) by a re-INVITE: the way of the sound is looked for anew. JsSIP's own renegotiation hangs up if it fails; here a failure
 * is thrown, and the call is as it was.
 */
export async function restartICE(session: RTCSession): Promise<void> {
  const connection = session.connection as unknown as RTCPeerConnection;
  const sender = session as unknown as Sender;
  if (connection.signalingState !== 'stable') await connection.setLocalDescription({ type: 'rollback' });
  const offer = await connection.createOffer({ iceRestart: true });
  await connection.setLocalDescription(offer);
  const answer = await new Promise<string>((done, failed) => {
    const fails = (what: string) => () => failed(new Error(`re-INVITE: ${what}`));
    sender.sendRequest('INVITE', {
      extraHeaders: [`Contact: ${sender.contact}`, 'Content-Type: application/sdp'],
      body: offer.sdp ?? '',
      eventHandlers: {
        onSuccessResponse: (response) => {
          sender.sendRequest('ACK');
          done(response?.body ?? '');
        },
        onErrorResponse: fails('refused'),
        onTransportError: fails('no connection'),
        onRequestTimeout: fails('no answer'),
        onDialogError: fails('the server does not know the call'),
      },
    });
  });
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
}
