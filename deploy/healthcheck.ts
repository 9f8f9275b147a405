/** Whether the app of this container is ready: exit code 0 when it is, 1 with what it says when it is not. */
const port = process.env['DAYBOOK_HEALTH_PORT'] ?? '9090'
try {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
    signal: AbortSignal.timeout(2_500),
  })
  if (!answer.ok) throw new Error(await answer.text())
} catch (reason) {
  console.error(reason instanceof Error ? reason.message : String(reason))
  process.exitCode = 1
}
