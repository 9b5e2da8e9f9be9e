"""Line charts, drawn by plotext."""
