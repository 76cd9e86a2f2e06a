export { LANDING_SETTINGS, type LandingSettings } from "./landing/landing.js";
export { type LandingOptions, type RunningLanding, startLanding } from "./landing/startLanding.js";
