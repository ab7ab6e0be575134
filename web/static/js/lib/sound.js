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
  last: [BELL, 1175, [0]],
  over: [TWO_BELLS, 880, [0, 0.28]],
};

const LOUD = 0.6; // of one stroke at full level; partials and strokes together stay below what distorts

export class Sounds {
  #context = null;
  #volume = null;
  #wanted = false;

  /** `onchange(on)` hears whether sounds are really heard: the system may take the loudspeaker away. `level` in per cent. */
  constructor({ onchange = () => {}, level = 50 } = {}) {
    Object.assign(this, { onchange, level });
  }

  /** True while a sound would be heard. */
  get on() {
    return this.#wanted && this.#context?.state === "running";
  }

  /** "off", "on", "locked" (wanted, but a tap is needed first) or "missing" (no sound in this browser). */
  get state() {
    if (!globalThis.AudioContext) return "missing";
    if (!this.#wanted) return "off";
    return this.on ? "on" : "locked";
  }

  /** Promises whether it worked: at once from a tap; without one, browsers may keep silent until a tap comes. */
  async switchOn() {
    this.#wanted = true;
    if (!globalThis.AudioContext) return false;
    this.#context ??= this.#open();
    await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, 300))]);
    this.onchange(this.on);
    return this.on;
  }

  async switchOff() {
    this.#wanted = false;
    await this.#context?.suspend();
    this.onchange(this.on);
  }

  /** "welcome", "already", "refused" at the door; "half", "last", "over" of a round. Says whether it sounds. */
  play(name) {
    if (!this.on) return false;
    const [kind, pitch, strokes] = SOUNDS[name];
    this.#volume.gain.value = this.level / 100;
    for (const start of strokes) for (const partial of kind.partials) this.#strike(kind, pitch, partial, this.#context.currentTime + start);
    return true;
  }

  #open() {
    const context = new AudioContext();
    context.addEventListener("statechange", () => this.onchange(this.on));
    this.#volume = new GainNode(context);
    this.#volume.connect(context.destination);
    return context;
  }

  #strike({ wave, length, falls }, pitch, [ratio, loudness], at) {
    const tone = new OscillatorNode(this.#context, { type: wave, frequency: pitch * ratio });
    const volume = new GainNode(this.#context, { gain: 0 });
    const end = at + length / Math.sqrt(ratio); // high partials fade first
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUD * loudness, at + 0.004);
    volume.gain.exponentialRampToValueAtTime(0.001, end);
    tone.frequency.setValueAtTime(pitch * ratio, at);
    if (falls) tone.frequency.exponentialRampToValueAtTime((pitch * ratio) / 2, end);
    tone.connect(volume).connect(this.#volume);
    tone.start(at);
    tone.stop(end);
  }
}
