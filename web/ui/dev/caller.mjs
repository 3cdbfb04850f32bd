// The customer's side of a test call: another page of the same browser, with a peer connection that sends a tone and measures what it hears.

/** Makes the page an endpoint that sends `hz`; gives its offer, with all candidates. */
export async function offerFrom(page, hz) {
  return page.evaluate(async (tone) => {
    const context = new AudioContext();
    await context.resume();
    const source = new OscillatorNode(context, { frequency: tone });
    const out = context.createMediaStreamDestination();
    source.connect(out);
    source.start();
    window.pc?.close();
    window.pc = new RTCPeerConnection();
    window.pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
    window.pc.ontrack = (e) => {
      window.heard = e.streams[0] ?? new MediaStream([e.track]);
      const sink = new Audio();
      sink.srcObject = window.heard;
      void sink.play();
    };
    await window.pc.setLocalDescription(await window.pc.createOffer());
    await new Promise((ok) => {
      if (window.pc.iceGatheringState === 'complete') ok();
      window.pc.onicegatheringstatechange = () => window.pc.iceGatheringState === 'complete' && ok();
    });
    return window.pc.localDescription.sdp;
  }, hz);
}

export function accept(page, sdp) {
  return page.evaluate((answer) => window.pc.setRemoteDescription({ type: 'answer', sdp: answer }), sdp);
}

/** The loudest frequency in a stream of the page, and how loud; expression gives the stream. */
export function hears(page, expression) {
  return page.evaluate(async (text) => {
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    const stream = text === 'heard' ? window.heard : document.getElementById('remote-audio').srcObject;
    context.createMediaStreamSource(stream).connect(analyser);
    await new Promise((ok) => setTimeout(ok, 700));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const best = bins.reduce((top, level, i) => (level > bins[top] ? i : top), 0);
    await context.close();
    return { hz: Math.round((best * context.sampleRate) / 8192), level: Math.round(bins[best]) };
  }, expression);
}
