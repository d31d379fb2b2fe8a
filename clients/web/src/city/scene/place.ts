// One district as it is drawn: everything of the scene put together from its plan, and taken away again whole.
import { Group, InstancedMesh, type Material, Mesh, MeshDepthMaterial, type Object3D } from "three";
import { bounds, contains, type District, type Language } from "../plan";
import { type Buildings, buildings } from "./buildings";
import { flock } from "./flock";
import { furnishing } from "./furnishing";
import { grounds } from "./grounds";
import { horizon } from "./horizon";
import { lamps } from "./lamps";
import { markers } from "./markers";
import { Screens } from "./screens";
import { shared } from "./shading";
import { Signs } from "./signs";
import { season } from "./sun";
import { surface } from "./surface";
import { trees } from "./trees";

export class Place {
  readonly group = new Group();
  readonly buildings: Buildings;
  readonly signs: Signs;
  readonly screens: Screens;
  /** What stands in many places has materials of its own, here those of its shadows without and with tones: three.js
   *  looks for a program anew at every turn from one way of drawing to another, and makes garbage each time. */
  private readonly shadows = [new MeshDepthMaterial(), new MeshDepthMaterial()] as const;

  constructor(
    readonly district: District,
    language: Language,
    now: number,
  ) {
    const built = surface();
    const repeated = surface();
    this.buildings = buildings(district, built);
    this.signs = new Signs(
      district,
      this.buildings.houses.map(({ building }) => building),
      language,
    );
    this.screens = new Screens(district);
    this.group.add(
      grounds(district),
      this.buildings.group,
      trees(district, season(now)),
      flock(district, season(now)),
      furnishing(district, built),
      lamps(district, repeated),
      markers(district, built, repeated),
      horizon(district, built),
      this.signs.mesh,
      this.screens.mesh,
    );
    this.group.traverse((each) => {
      if (each instanceof InstancedMesh && each.castShadow)
        each.customDepthMaterial = this.shadows[each.instanceColor ? 1 : 0];
    });
  }

  speak(language: Language): void {
    this.signs.speak(language);
  }

  /** Lifts off what is above the citizen who stands here; whether they are under a roof. */
  stand(x: number, z: number): boolean {
    this.signs.stand(x, z);
    let under = false;
    shared.uHouse.value.set(0, 0, 0, 0);
    for (const { building, shell } of this.buildings.houses) {
      const inside = contains(building.footprint, x, z);
      if (inside) {
        under = true;
        const { x0, z0, x1, z1 } = bounds(building.footprint);
        shared.uHouse.value.set(x0, z0, x1, z1);
      }
      for (const part of shell) part.visible = !inside;
    }
    return under;
  }

  dispose(): void {
    this.signs.dispose();
    this.screens.dispose();
    for (const material of this.shadows) material.dispose();
    this.group.traverse((each: Object3D) => {
      if (!(each instanceof Mesh)) return;
      each.geometry.dispose();
      if (each instanceof InstancedMesh) each.dispose();
      for (const material of [each.material].flat() as Material[]) material.dispose();
    });
    this.group.removeFromParent();
  }
}
