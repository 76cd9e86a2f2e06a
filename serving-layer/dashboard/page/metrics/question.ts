import { computed } from "@preact/signals";
import { parameter, route } from "../route/route.js";
import { metricNamed } from "../state/server.js";

const asked = parameter("metrics", "metric");

export const metric = computed(() => (route.value.page === "metrics" ? metricNamed(asked.value) : null));
