// Opens the browser's print window once for a slip that was just noted as printed.
export function printOnce() {
  const address = new URL(window.location.href)
  address.searchParams.delete("print")
  // A reload shall not print again.
  window.history.replaceState(null, "", address)
  window.print()
}
