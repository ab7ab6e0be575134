/** Enlivens pages with texts to take along: a press copies them. */

import { copying } from "../lib/copying.js";
import { $$ } from "../lib/dom.js";

$$("[data-copy]").forEach(copying);
