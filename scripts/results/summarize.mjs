/**
 * A step's own word for failure always counts: where it failed and names no failed test, it is one failure itself.
 * `realDataThere`: then a test that needs it has no reason to be skipped. Other reasons (the platform, the user) stand.
 */
export const summarize = (steps, { realDataThere }) => {
  const lines = [];
  let passed = 0;
  let failed = 0;
  for (const { name, exitCode, results } of steps) {
    const counts = results?.kind === "check" ? ofCheck(results) : ofVitest(results);
    const failures = counts.failures.map((what) => `failed in ${name}: ${what}`);
    if (realDataThere)
      failures.push(...counts.skipped.filter(needsRealData).map((what) => `skipped in ${name}: ${what}`));
    if (failures.length === 0 && (exitCode !== 0 || counts.passed === 0)) {
      failures.push(`failed in ${name}: exit code ${exitCode}, ${counts.passed} passed`);
    }
    const skipped = counts.skipped.length > 0 ? `, ${counts.skipped.length} skipped` : "";
    lines.push(`${name}: ${counts.passed} passed, ${failures.length} failed${skipped}`, ...failures);
    passed += counts.passed;
    failed += failures.length;
  }
  return { passed, failed, lines };
};

/** Such tests say so in their names. */
const needsRealData = (name) => name.includes("needs ../shared");

const ofCheck = ({ passed, failed }) => ({ passed, failures: failed, skipped: [] });

const ofVitest = (results) => {
  const counts = { passed: 0, failures: [], skipped: [] };
  for (const file of results?.testResults ?? []) {
    for (const { status, fullName } of file.assertionResults) {
      if (status === "passed") counts.passed++;
      else if (status === "failed") counts.failures.push(fullName);
      else counts.skipped.push(fullName);
    }
    const named = file.assertionResults.some(({ status }) => status === "failed");
    if (file.status === "failed" && !named) counts.failures.push(`${file.name}: ${file.message}`);
  }
  return counts;
};
