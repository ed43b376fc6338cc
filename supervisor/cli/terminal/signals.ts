// The signals that stop a command, with their exit codes, and SIGHUP, which makes a server reload.

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface StopRequest {
  signal: keyof typeof exitCodes;
  exitCode: number;
}

/** Resolves at the first signal; a second one ends the process, which is its default action. */
export function stopRequest(): Promise<StopRequest> {
  return new Promise((resolve) => {
    for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
      process.once(signal, () => resolve({ signal, exitCode: exitCodes[signal] }));
    }
  });
}

/** Calls the listener at every stop signal, so that it can forward it. Returns a function that removes the listener. */
export function onStopSignals(listener: (signal: StopRequest["signal"], times: number) => void): () => void {
  let times = 0;
  const take = (signal: NodeJS.Signals) => listener(signal as StopRequest["signal"], ++times);
  const signals = Object.keys(exitCodes) as StopRequest["signal"][];
  for (const signal of signals) process.on(signal, take);
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}

export function onHangUp(listener: () => void): void {
  process.on("SIGHUP", listener);
}
