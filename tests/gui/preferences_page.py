"""What the preferences dialog shows of the plugin, in words."""

# The preferences dialog from its top: a heading in words, and the titles below it. "..." has a button that opens a file dialog.
PREFERENCES = {
    "Files that records are written to when a capture is read (empty: none)": [
        "CSV file to write...", "JSON lines file to write...", "Parquet file to write..."],
    "Columns": [
        "Columns to write, separated by commas", "Further columns, separated by commas", "Packets in sequence columns",
        "Name of the capture, for the column of that name", "Define columns by"],
    "Labels, and which packets make flows": [
        "Label of every flow", "File of labelling rules...", "Display filter for packets that make flows"],
    "How flows are measured": [
        "Dialect (standard, python, java, java-fixed)", "Column names (empty or cicids2017)", "Idle timeout (seconds)",
        "ICMP idle timeout (seconds)", "Active timeout (seconds)", "Idle timeout of closed TCP flows (seconds)",
        "Activity timeout (seconds)", "Subflow gap (seconds)", "Packets to measure", "IP header in tunnels (inner, outer)",
        "Flows are told apart by VLAN", "Times of records (local, utc, iso8601, epoch)"],
    "Wireshark's windows": ["Columns of the distribution, separated by commas"],
    "Counts, bounds and speed": [
        "JSON file with counts to write...", "Progress file to write (tshark)...", "Most flows open at once (0: any number)",
        "Tell what happens (0, 1, 2; tshark)", "Processors to use (tshark)", "Do not dissect plain frames (tshark)",
        "Show flows in the packet details"],
}
