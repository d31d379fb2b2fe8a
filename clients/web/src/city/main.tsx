// Where the city's page begins: its words, whether this browser can draw, and the way in.
import { render } from "preact";
import "./ui/city.css";
import { language } from "./state";
import { speak } from "./texts";
import { App } from "./ui/app";
import { NoDrawing } from "./ui/no_drawing";

function canDraw(): boolean {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}

const page = document.getElementById("page");
if (page) {
  void speak(language.value).then(() => render(canDraw() ? <App /> : <NoDrawing />, page));
}
