// The panels, in the order of the menu. A service of the city adds its own with one line here, one file, and its texts.
import type { ComponentType } from "preact";
import type { Key } from "../texts";
import type { IconName } from "../ui/icons";
import type { World } from "../world";

export interface PanelProps {
  world: World;
}

export interface Panel {
  id: string;
  icon: IconName;
  title: Key;
  /** The city's service without which there is nothing in it. */
  service?: string;
  /** Brings the panel when it is opened for the first time. */
  load: () => Promise<ComponentType<PanelProps>>;
}

export const PANELS: Panel[] = [
  { id: "map", icon: "map", title: "panel.map", load: () => import("./map").then((m) => m.MapPanel) },
  {
    id: "people",
    icon: "people",
    title: "panel.people",
    load: () => import("./people").then((m) => m.People),
  },
  {
    id: "events",
    icon: "events",
    title: "panel.events",
    service: "live_qa",
    load: () => import("./events").then((m) => m.Events),
  },
  {
    id: "question_time",
    icon: "question_time",
    title: "panel.question_time",
    service: "live_qa",
    load: () => import("./question_time").then((m) => m.QuestionTime),
  },
  {
    id: "petitions",
    icon: "petitions",
    title: "panel.petitions",
    service: "petitions",
    load: () => import("./petitions").then((m) => m.Petitions),
  },
  {
    id: "safety",
    icon: "safety",
    title: "panel.safety",
    service: "moderation",
    load: () => import("./safety").then((m) => m.Safety),
  },
  {
    id: "settings",
    icon: "settings",
    title: "panel.settings",
    load: () => import("./settings").then((m) => m.SettingsPanel),
  },
];
