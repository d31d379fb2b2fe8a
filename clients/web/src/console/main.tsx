// Where the console's page begins.
import { render } from "preact";

const page = document.getElementById("page");
if (page) render(<main lang="en">Madang</main>, page);
