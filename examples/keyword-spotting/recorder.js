// An audio worklet: hands the page what the microphone hears.
class Recorder extends AudioWorkletProcessor {
  process([[channel]]) {
    // The array is used again after this call.
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
}
registerProcessor('recorder', Recorder);
