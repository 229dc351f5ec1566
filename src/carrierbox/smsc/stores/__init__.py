"""Where the journal is kept. Every store keeps the same contract, `carrierbox.smsc.ports.Store`."""
