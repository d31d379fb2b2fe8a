// The picture on the canvas, drawn as finely as this machine keeps up with: fewer pixels first, then no shadows.
import { NeutralToneMapping, PCFShadowMap, type PerspectiveCamera, Scene, WebGLRenderer } from "three";
import { isDebug, watchDriver } from "../spent";
import { settings } from "../state";
import { shared } from "./shading";
import type { Sky } from "./sky";

/** More pixels to one of the page's nobody sees. */
const MOST_RATIO = 2;

/** Drawn plainly, so many at most. */
const PLAIN_RATIO = 0.8;

/** A frame that comes later than this is late, seconds; so many more of them than of others, and less is drawn. */
const LATE_S = 0.036;
const MOST_LATE = 40;

export class Drawing {
  readonly scene = new Scene();
  readonly renderer: WebGLRenderer;
  /** A canvas whose size has changed is empty. */
  isEmpty = true;
  /** The canvas's size in the page: asking the page in every frame would have it laid out in every frame. */
  width = 0;
  height = 0;
  ratio = Math.min(devicePixelRatio, MOST_RATIO);
  private late = 0;

  /** Raises where the browser gives no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly camera: PerspectiveCamera,
    private readonly sky: Sky,
  ) {
    this.renderer = new WebGLRenderer({
      canvas,
      antialias: settings.value.quality !== "plain",
      powerPreference: "high-performance",
    });
    if (isDebug) watchDriver(this.renderer.getContext() as WebGL2RenderingContext);
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.toneMappingExposure = 1.24;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.scene.add(sky.group);
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  }

  /** One frame, so long after the one before, in seconds. */
  draw(dt: number): void {
    this.renderer.render(this.scene, this.camera);
    this.isEmpty = false;
    this.adapt(dt);
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.width = width;
    this.height = height;
    this.renderer.setPixelRatio(this.ratio);
    this.renderer.setSize(width, height, false);
    this.isEmpty = true;
    this.camera.aspect = width / height;
    this.camera.fov = width < height ? 70 : 58;
    this.camera.updateProjectionMatrix();
  }

  private adapt(dt: number): void {
    const { quality } = settings.value;
    const most = Math.min(devicePixelRatio, MOST_RATIO);
    if (quality !== "auto") {
      const isFine = quality === "fine";
      this.turn(isFine ? most : Math.min(PLAIN_RATIO, most), isFine);
      return;
    }
    this.late = dt > LATE_S ? this.late + 1 : Math.max(0, this.late - 0.5);
    if (this.late < MOST_LATE) return;
    this.late = 0;
    if (this.ratio > 1) this.turn(Math.max(1, this.ratio - 0.5), true);
    else if (this.renderer.shadowMap.enabled) this.turn(this.ratio, false);
    else if (this.ratio > 0.6) this.turn(this.ratio - 0.2, false);
  }

  private turn(ratio: number, shadows: boolean): void {
    if (this.renderer.shadowMap.enabled !== shadows) {
      this.renderer.shadowMap.enabled = shadows;
      this.sky.sun.castShadow = shadows;
      this.scene.traverse((each) => {
        const material = (each as { material?: { needsUpdate: boolean } }).material;
        if (material) material.needsUpdate = true;
      });
    }
    shared.uFine.value = shadows || this.ratio > 0.9 ? 1 : 0;
    if (this.ratio !== ratio) {
      this.ratio = ratio;
      this.resize();
    }
  }

  /** What it takes, for ?debug. */
  counters(): Record<string, number> {
    const { render, memory } = this.renderer.info;
    return {
      draws: render.calls,
      triangles: render.triangles,
      pixels: this.ratio,
      geometries: memory.geometries,
      textures: memory.textures,
    };
  }

  end(): void {
    this.renderer.setAnimationLoop(null);
    this.renderer.dispose();
  }
}
