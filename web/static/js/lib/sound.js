/** Knocks at the door and the bell of a round, made here, each under 0.6 s. Silent until a tap allows it; never the only signal. */
const KNOCK = { wave: "triangle", length: 0.13, partials: [[1, 1], [2.4, 0.4]], falls: true };
const BELL = { wave: "sine", length: 0.5, partials: [[1, 1], [2.76, 0.35], [5.4, 0.12]], falls: false };
const TWO_BELLS = { ...BELL, length: 0.28 };

/** What sounds: kind, pitch in Hz, and when each stroke comes in seconds. */
const SOUNDS = {
  welcome: [KNOCK, 320, [0]],
  already: [KNOCK, 320, [0, 0.18]],
  refused: [{ ...KNOCK, length: 0.3 }, 120, [0]],
  half: [BELL, 880, [0]],
  last30: [BELL, 1175, [0]],
  over: [TWO_BELLS, 880, [0, 0.28]],
};

export class Sounds {
  #context = null;
  #wanted = false;

  /** `onchange(on)` hears whether sounds are really heard: the system may take the loudspeaker away. */
  constructor({ onchange = () => {} } = {}) {
    this.onchange = onchange;
  }

  /** True while a sound would be heard. */
  get on() {
    return this.#wanted && this.#context?.state === "running";
  }

  /** To be called from a tap; promises whether it worked. */
  async switchOn() {
    this.#wanted = true;
    this.#context ??= this.#open();
    await this.#context.resume();
    this.onchange(this.on);
    return this.on;
  }

  async switchOff() {
    this.#wanted = false;
    await this.#context?.suspend();
    this.onchange(this.on);
  }

  /** "welcome", "already", "refused" at the door; "half", "last30", "over" of a round. Says whether it sounds. */
  play(name) {
    if (!this.on) return false;
    const [kind, pitch, strokes] = SOUNDS[name];
    for (const start of strokes) for (const partial of kind.partials) this.#strike(kind, pitch, partial, this.#context.currentTime + start);
    return true;
  }

  #open() {
    const context = new AudioContext();
    context.addEventListener("statechange", () => this.onchange(this.on));
    return context;
  }

  #strike({ wave, length, falls }, pitch, [ratio, loudness], at) {
    const tone = new OscillatorNode(this.#context, { type: wave, frequency: pitch * ratio });
    const volume = new GainNode(this.#context, { gain: 0 });
    const end = at + length / Math.sqrt(ratio); // high partials fade first
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.3 * loudness, at + 0.004);
    volume.gain.exponentialRampToValueAtTime(0.001, end);
    tone.frequency.setValueAtTime(pitch * ratio, at);
    if (falls) tone.frequency.exponentialRampToValueAtTime((pitch * ratio) / 2, end);
    tone.connect(volume).connect(this.#context.destination);
    tone.start(at);
    tone.stop(end);
  }
}
