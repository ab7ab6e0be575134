/**
 * Badges through the camera or from a photo. The browser's own reader is used where it really reads QR codes, else the
 * decoder of this server, loaded with the first scan. Nothing comes from another host.
 */
const VENDOR = new URL("../../vendor/zxing/", import.meta.url);
const EVERY = 120; // ms: enough, and phones stay cool
const SAME = 2500; // a badge held still counts once; away for this long it counts again
const FRAME = 800;
const PHOTO = [1600, 2600];

/** Why there can be no camera here: "insecure" (plain http), "none", or null when it may be tried. */
export function cameraProblem() {
  if (!globalThis.isSecureContext) return "insecure";
  return navigator.mediaDevices?.getUserMedia ? null : "none";
}

/** The text of the QR code in an image file, or null when there is none (or the file is no image). */
export async function readPhoto(file) {
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    return null; // what is no picture holds no code
  }
  const decode = await decoder();
  for (const side of PHOTO) {
    const [text = null] = await decode(drawn(image, side));
    if (text || Math.max(image.width, image.height) <= side) return text;
  }
  return null;
}

/** Says which readings are new: the same text counts again only after it was away for a while. */
export class Repeats {
  #seen = new Map();

  fresh(text, at) {
    for (const [known, last] of this.#seen) if (at - last > SAME) this.#seen.delete(known);
    const fresh = !this.#seen.has(text);
    this.#seen.set(text, at);
    return fresh;
  }
}

/**
 * Scans through a <video>. `onread(text)` hears each badge, `onstate(state, problem)` what the camera does: "off",
 * "starting", "on", "resting" (page hidden) or "failed" with "insecure", "denied", "none" or "busy" (another program has it).
 */
export class CameraScanner {
  #stream = null;
  #timer = null;
  #turn = 0;
  #session = 0;
  #repeats = new Repeats();
  state = "off";

  /** `camera`: the id of the one to use; empty for the one that looks away from the screen. */
  constructor(video, { onread, onstate = () => {}, camera = "" }) {
    Object.assign(this, { video, onread, onstate, camera });
  }

  /** The cameras of this device; their names are known once one was allowed. */
  async cameras() {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  }

  /** To be called from a tap. Never throws: what goes wrong is told by `onstate`. */
  async start() {
    this.#release();
    document.addEventListener("visibilitychange", this.#visibility);
    const problem = cameraProblem();
    if (problem) return this.#fail(problem);
    this.#set("starting");
    const session = this.#session;
    try {
      const [stream, decode] = await Promise.all([this.#open(), decoder()]);
      if (session !== this.#session) return stream.getTracks().forEach((track) => track.stop());
      this.#stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#fail("none"));
      Object.assign(this.video, { muted: true, playsInline: true, srcObject: stream });
      await this.video.play();
      if (session !== this.#session) return;
      this.#set("on");
      this.#look(decode, session);
    } catch (error) {
      if (session === this.#session) this.#fail(problemOf(error));
    }
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#visibility);
    this.#release();
    this.#set("off");
  }

  /** Switches the lamp of the camera; promises whether there is one. */
  async torch(on) {
    const track = this.#stream?.getVideoTracks()[0];
    if (!track?.getCapabilities?.().torch) return false;
    await track.applyConstraints({ advanced: [{ torch: on }] });
    return true;
  }

  async hasTorch() {
    return Boolean(this.#stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  #open() {
    const which = this.camera ? { deviceId: { ideal: this.camera } } : { facingMode: "environment" };
    const video = { ...which, width: { ideal: 1920 }, height: { ideal: 1080 } };
    return navigator.mediaDevices.getUserMedia({ video, audio: false });
  }

  async #look(decode, session) {
    const { video } = this;
    if (video.readyState >= 2 && video.videoWidth) {
      // In turn the whole picture, drawn down, and its middle at full size: a badge near by, or further away.
      const texts = await decode(drawn(video, FRAME, (this.#turn += 1) % 2 === 0));
      if (session !== this.#session) return;
      for (const text of texts) if (this.#repeats.fresh(text, performance.now())) this.onread(text);
    }
    this.#timer = setTimeout(() => this.#look(decode, session), EVERY);
  }

  #visibility = () => {
    if (document.hidden && (this.state === "on" || this.state === "starting")) {
      this.#release();
      this.#set("resting");
    } else if (!document.hidden && this.state === "resting") this.start();
  };

  #release() {
    this.#session += 1;
    clearTimeout(this.#timer);
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = this.video.srcObject = null;
  }

  #fail(problem) {
    this.#release();
    this.#set("failed", problem);
  }

  #set(state, problem = null) {
    this.state = state;
    this.onstate(state, problem);
  }
}

function problemOf({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "none";
}

const canvas = globalThis.document?.createElement("canvas");

/** The picture on a canvas, no side longer than `side`; with `middle` its centre only, not made smaller. */
function drawn(source, side, middle = false) {
  const width = source.videoWidth || source.width;
  const height = source.videoHeight || source.height;
  const scale = middle ? 1 : Math.min(1, side / Math.max(width, height));
  canvas.width = Math.min(side, Math.round(width * scale));
  canvas.height = Math.min(side, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const [x, y] = [(canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2];
  context.drawImage(source, x, y, width * scale, height * scale);
  return canvas;
}

let ready = null;

/** What the decoder of this server is made of, for pages that must work without a network later. */
export const decoderFiles = () => ["reader/index.js", "share.js", "zxing_reader.wasm"].map((name) => new URL(name, VENDOR).href);

/** Promises a function canvas → texts; loads once. */
function decoder() {
  ready ??= native().then((detect) => detect ?? wasm());
  ready.catch(() => (ready = null)); // a failed download is tried again with the next scan
  return ready;
}

async function native() {
  try {
    // Some browsers have the class and read nothing.
    if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (image) => (await detector.detect(image)).map(({ rawValue }) => rawValue).filter(Boolean);
  } catch {
    return null;
  }
}

async function wasm() {
  const { prepareZXingModule, readBarcodes } = await import(new URL("reader/index.js", VENDOR));
  await prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, VENDOR).href }, fireImmediately: true });
  const options = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 4 };
  return async (image) => {
    const pixels = image.getContext("2d").getImageData(0, 0, image.width, image.height);
    return (await readBarcodes(pixels, options)).map(({ text }) => text).filter(Boolean);
  };
}
